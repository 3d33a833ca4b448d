"""How far the order of the examples alone can move one epoch of a run."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from generator.running.conditions import training_of
from generator.running.importing import quick_import

#: Losses whose spread is told.
LOSSES = ("loss", "train_loss")


def one_epoch_anew(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """The spread of the losses of the epoch after `epoch`, taken from the same weights in each of `orders` orders.

    `loss_over_orders` and `train_loss_over_orders` are standard deviations (divisor n - 1) of what Keras prints for
    that epoch and of the exact loss at its end, one number for a run.
    """
    with quick_import():
        from generator.training.next_epoch import next_epochs
    training = training_of(parameters["condition"])
    taken = next_epochs(training, replicates, parameters["epoch"], parameters["orders"])
    return {f"{name}_over_orders": np.std(taken[name], axis=1, ddof=1, keepdims=True) for name in LOSSES}
