"""Early stopping as a rule applied to a finished curve: it ends a run early but never changes its path."""

from dataclasses import dataclass

import numpy as np

from generator.errors import GeneratorError


@dataclass(frozen=True, kw_only=True)
class EarlyStopping:
    """Keras' rule for a monitored quantity that should fall (`keras.callbacks.EarlyStopping`, `mode="min"`)."""

    patience: int = 0
    min_delta: float = 0.0
    baseline: float | None = None
    start_from_epoch: int = 0

    def __post_init__(self) -> None:
        if self.min_delta < 0:
            raise GeneratorError(f"expected a min_delta of at least 0, found {self.min_delta}")


@dataclass(frozen=True, kw_only=True)
class Stop:
    """Where the rule ends each run.

    Attributes
    ----------
    epochs : int array, shape (replicates,)
        Epochs that are trained (all of them where the rule never fires).
    best : int array, shape (replicates,)
        The epoch, counted from 1, whose weights `restore_best_weights=True` leaves in the model.
    """

    epochs: np.ndarray
    best: np.ndarray


def apply_stopping(rule: EarlyStopping, monitored: np.ndarray) -> Stop:
    """Apply the rule to finished curves of shape (replicates, epochs)."""
    if monitored.ndim != 2 or monitored.shape[1] == 0:
        raise GeneratorError(f"expected monitored curves of shape (replicates, epochs), found {monitored.shape}")
    with np.errstate(over="ignore"):
        stops = [_stop(rule, curve) for curve in monitored]
    return Stop(epochs=np.array([s[0] for s in stops]), best=np.array([s[1] for s in stops]))


def _stop(rule: EarlyStopping, curve: np.ndarray) -> tuple[int, int]:
    """Epochs trained and best epoch of one run, in the order of Keras' `on_epoch_end`."""
    best: float | None = None
    best_epoch, wait = 0, 0
    for epoch, value in enumerate(curve.tolist(), start=1):
        if epoch <= rule.start_from_epoch:
            continue
        wait += 1
        # The first value is always an improvement in Keras, even where it is not a number.
        if best is None or _is_below(value + rule.min_delta, best):
            best, best_epoch = value, epoch
            if rule.baseline is None or _is_below(value + rule.min_delta, rule.baseline):
                wait = 0
        elif wait >= rule.patience:
            return epoch, best_epoch
    return len(curve), best_epoch or len(curve)


def _is_below(value: float, reference: float) -> bool:
    """Compare as Keras does, in float32: what differs by less is no improvement."""
    return bool(np.float32(value) < np.float32(reference))
