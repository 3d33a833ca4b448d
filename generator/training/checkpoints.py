"""Weights of a training run at chosen epochs, and the examples to measure them on."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from generator.training.history import History
from generator.training.replicates import Program
from generator.training.surface import Surface, surface_of
from generator.training.trainer import Training, precision, split, train
from generator.training.weights import stacked_initial_weights


class Start(NamedTuple):
    """Where a run begins: its surface, initial weights (replicates, parameters), and its training examples."""

    surface: Surface
    theta: np.ndarray
    x: np.ndarray
    y: np.ndarray


def start_of(training: Training, replicates: Sequence[int]) -> Start:
    """The start of some replicates, as the trainer makes it."""
    with precision(training.dtype):
        surface, model = surface_of(training), training.model()
        values = stacked_initial_weights(training.model, model, training.stream("init", replicates))
    trained = {id(v) for v in model.trainable_variables}
    initial = [value for v, value in zip(model.variables, values, strict=True) if id(v) in trained]
    examples = training.data(training.stream("data", replicates))
    chosen = split(training, examples).train
    return Start(surface=surface, theta=surface.flat(initial), x=examples.x[chosen], y=examples.y[chosen])


def weights_of(surface: Surface, program: Program, count: int) -> np.ndarray:
    """The current weights of the first `count` replicates, shape (count, parameters)."""
    return surface.flat([weights.numpy()[:count] for weights in program.weights])


def train_with_checkpoints(
    training: Training, replicates: Sequence[int], epochs: Sequence[int]
) -> tuple[History, list[np.ndarray]]:
    """Train, and return the weights at the end of each of these epochs too; 0 is before the first.

    For at most as many replicates as are trained at once.
    """
    start = start_of(training, replicates)
    path = [start.theta]

    def watch(program: Program) -> None:
        path.append(weights_of(start.surface, program, len(replicates)))

    history = train(training, replicates, watch=watch)
    return history, [path[epoch] for epoch in epochs]
