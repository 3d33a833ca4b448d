"""What a training run leaves behind: every curve of every replicate."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from generator.errors import UnknownNameError

#: Every curve a history can hold, with its meaning. Those that begin with `step_` have one point a step, the others
#: one an epoch.
CURVES = {
    "step_loss": "loss of each step's batch, penalty included, before the step",
    "step_data_loss": "the same without the penalty",
    "step_accuracy": "accuracy on each step's batch",
    "loss": "what Keras prints: the size-weighted mean of the epoch's step losses, while the weights move",
    "data_loss": "the same without the penalty",
    "accuracy": "what Keras prints: the size-weighted mean of the epoch's step accuracies",
    "train_loss": "exact loss of the whole training set at the epoch's last weights, penalty included",
    "train_data_loss": "the same without the penalty",
    "train_accuracy": "exact accuracy on the whole training set at the epoch's last weights",
    "val_loss": "loss of the validation set at the epoch's last weights, penalty included",
    "val_data_loss": "the same without the penalty",
    "val_accuracy": "accuracy on the validation set",
    "test_loss": "loss of examples never trained on nor used for stopping, penalty included",
    "test_data_loss": "the same without the penalty",
    "test_accuracy": "accuracy on those examples",
    "penalty": "sum of the regularisation losses at the epoch's last weights",
    "kernel_norm": "Euclidean norm of all kernels at the epoch's last weights",
    "dead_units": "share of ReLU units that are 0 on every training example",
}


@dataclass(frozen=True, kw_only=True)
class History(Mapping[str, np.ndarray]):
    """Curves by name (`CURVES`), each float64 of shape (replicates, points), and the final weights.

    Attributes
    ----------
    replicates : the replicate of each row
    weights : final values of `model.weights`, one array each, of shape (replicates, ...), as the last step left them
    tier : which of the trainer's three ways ran it ("vectorised", "looped", "uncompiled")
    reproducible : False where numpy or TensorFlow was imported before the environment could be set
    """

    replicates: tuple[int, ...]
    curves: Mapping[str, np.ndarray]
    weights: tuple[np.ndarray, ...] = field(default=(), repr=False)
    tier: str = ""
    reproducible: bool = True

    def __getitem__(self, name: str) -> np.ndarray:
        """The curve of that name, or an error that names the nearest."""
        if name not in self.curves:
            raise UnknownNameError("curve", name, self.curves)
        return self.curves[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the curves."""
        return iter(self.curves)

    def __len__(self) -> int:
        """Count the curves."""
        return len(self.curves)

    @property
    def diverged(self) -> np.ndarray:
        """Which replicates met a training loss that is not finite, bool of shape (replicates,)."""
        losses = np.concatenate([self["step_loss"], self["train_loss"]], axis=1)
        return np.asarray(~np.isfinite(losses).all(axis=1))
