"""The losses of a run as a plot shows them: at each of several strengths of smoothing."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from generator.running.conditions import train_condition
from generator.stats.smoothing import moving_average

#: What readers plot, and what they would plot if they evaluated the training set at the end of each epoch.
LOSSES = ("step_loss", "loss", "train_loss", "val_loss")


def smoothed_losses(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """The condition's `LOSSES`, that of each step for the first `steps` only, and each of them smoothed.

    `<loss>_smoothed_<smoothing>` is the moving average at one of the `smoothings`.
    """
    trained = train_condition(parameters["condition"], replicates)
    kept = {name: trained[name] if name != "step_loss" else trained[name][:, : parameters["steps"]] for name in LOSSES}
    smoothed = {
        f"{name}_smoothed_{smoothing:g}": moving_average(curve, smoothing)
        for name, curve in kept.items()
        for smoothing in parameters["smoothings"]
    }
    return {**kept, **smoothed}
