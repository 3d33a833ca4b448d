"""The accuracy of a run on validation sets of different size, at the end of every epoch."""

import functools
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.running.conditions import training_of
from generator.running.importing import quick_import

if TYPE_CHECKING:
    from generator.training.replicates import Program


def validated_on(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """`val_accuracy` on the first `size` examples that are kept from training, one point an epoch.

    `test_accuracy` is that on all but the first `largest` of them. `chance_sd` is the standard deviation that the
    accuracy of `size` examples drawn anew would have: of a binomial share at the test accuracy.
    """
    hits = _hits(json.dumps(parameters["condition"], sort_keys=True), tuple(replicates))
    test_accuracy = hits[:, :, parameters["largest"] :].mean(axis=2)
    return {
        "val_accuracy": hits[:, :, : parameters["size"]].mean(axis=2),
        "test_accuracy": test_accuracy,
        "chance_sd": np.sqrt(test_accuracy * (1 - test_accuracy) / parameters["size"]),
    }


@functools.lru_cache(maxsize=1)
def _hits(condition: str, replicates: tuple[int, ...]) -> np.ndarray:
    """Whether each test example is classed right at each epoch's end, (replicates, epochs, examples).

    Kept for the next size, as they differ in nothing else.
    """
    with quick_import():
        from generator.training.checkpoints import weights_of
        from generator.training.losses import hits
        from generator.training.surface import over_replicates, surface_of
        from generator.training.trainer import split, train

    training = training_of(json.loads(condition))
    surface, examples = surface_of(training), training.data(training.stream("data", replicates))
    chosen = split(training, examples).test
    x, y = examples.x[chosen], examples.y[chosen]
    found: list[np.ndarray] = []

    def right(theta: Any, x: Any, y: Any) -> Any:
        return over_replicates(lambda *each: hits(each[2], surface.outputs(*each[:2]), "float32"), theta, x, y)

    def watch(program: "Program") -> None:
        theta = weights_of(surface, program, len(replicates))
        found.append(np.asarray(surface.run(right, theta, x, y, name="hits"), dtype=np.float64))

    train(training, replicates, watch=watch)
    return np.stack(found, axis=1)
