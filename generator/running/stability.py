"""How large a learning rate gradient descent can bear at the initial weights."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from generator.running.conditions import training_of


def stable_rate(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """The rate above which gradient descent on all examples moves away: `stable_rate`, 2 over the largest curvature.

    It is taken at the initial weights; training may move to where the limit is lower or higher.
    """
    from generator.training.checkpoints import largest_curvature, start_of

    curvature = largest_curvature(start_of(training_of(parameters["condition"]), replicates), replicates)
    return {"stable_rate": 2 / curvature[:, None]}
