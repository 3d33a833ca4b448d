"""Gradient descent on a surface with a learning rate of its own for each replicate."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from generator.training.surface import Surface, over_replicates


class Walk(NamedTuple):
    """Where steps have led, (replicates, parameters), and the length of the way there, (replicates,)."""

    end: np.ndarray
    length: np.ndarray


def descend(
    surface: Surface, theta: np.ndarray, x: np.ndarray, y: np.ndarray, chosen: np.ndarray, rate: np.ndarray
) -> np.ndarray:
    """The weights after each step of plain gradient descent, shape (replicates, steps, parameters).

    `chosen` holds each step's batch of examples (replicates, steps, batch); `rate` is (replicates,).
    """

    def path(theta: Any, x: Any, y: Any, chosen: Any, rate: Any) -> Any:
        move = _move(surface, x, y, rate)
        return tf.scan(lambda theta, index: theta + move(theta, index), chosen, initializer=theta)

    steps = surface.run(path, theta, x, y, _by_step(chosen), rate.astype(theta.dtype), name="path")
    return np.asarray(steps.swapaxes(0, 1))


def walk(
    surface: Surface, theta: np.ndarray, x: np.ndarray, y: np.ndarray, chosen: np.ndarray, rate: np.ndarray
) -> Walk:
    """The same, of which only the end and the length of the way are kept."""

    def to_end(theta: Any, x: Any, y: Any, chosen: Any, rate: Any) -> Any:
        move = _move(surface, x, y, rate)

        def step(i: Any, theta: Any, length: Any) -> Any:
            moved = move(theta, chosen[i])
            return i + 1, theta + moved, length + tf.norm(moved, axis=1)

        return tf.while_loop(lambda i, *_: i < chosen.shape[0], step, (0, theta, tf.zeros_like(rate)))[1:]

    end, length = surface.run(to_end, theta, x, y, _by_step(chosen), rate.astype(theta.dtype), name="walk")
    return Walk(end=end, length=length.astype(np.float64))


def _move(surface: Surface, x: Any, y: Any, rate: Any) -> Callable[[Any, Any], Any]:
    """What a step on a batch (replicates, examples) adds to the weights."""

    def move(theta: Any, index: Any) -> Any:
        batch = (tf.gather(values, index, batch_dims=1) for values in (x, y))
        return -rate[:, None] * over_replicates(surface.slope, theta, *batch)

    return move


def _by_step(chosen: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(chosen.swapaxes(0, 1))
