"""Gradient descent on a surface with a learning rate of its own for each replicate."""

from typing import Any

import numpy as np
import tensorflow as tf

from generator.training.surface import Surface, over_replicates


def descend(
    surface: Surface, theta: np.ndarray, x: np.ndarray, y: np.ndarray, chosen: np.ndarray, rate: np.ndarray
) -> np.ndarray:
    """The weights after each step of plain gradient descent, shape (replicates, steps, parameters).

    `chosen` holds each step's batch of examples (replicates, steps, batch); `rate` is (replicates,).
    """

    def path(theta: Any, x: Any, y: Any, chosen: Any, rate: Any) -> Any:
        def step(theta: Any, index: Any) -> Any:
            batch = (tf.gather(values, index, batch_dims=1) for values in (x, y))
            return theta - rate[:, None] * over_replicates(surface.slope, theta, *batch)

        return tf.scan(step, chosen, initializer=theta)

    order = np.ascontiguousarray(chosen.swapaxes(0, 1))
    steps = surface.run(path, theta, x, y, order, rate.astype(theta.dtype), name="path")
    return np.asarray(steps.swapaxes(0, 1))
