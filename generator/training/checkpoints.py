"""Weights of a training run at chosen epochs, and the examples to measure them on."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from generator.training.curvature import extreme_eigenvalues
from generator.training.history import History
from generator.training.replicates import Program
from generator.training.streams import Stream, generator
from generator.training.surface import Surface, surface_of
from generator.training.trainer import Training, precision, split, train
from generator.training.weights import stacked_initial_weights

#: Hessian products; the largest eigenvalue stands apart from the others, and twenty find it to many digits.
PRODUCTS = 20


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


def largest_curvature(start: Start, replicates: Sequence[int]) -> np.ndarray:
    """The largest eigenvalue of the Hessian of all training examples' loss at the start, shape (replicates,)."""
    surface, theta, x, y = start
    random = np.stack([generator(Stream.MEASUREMENT, r).standard_normal(theta.shape[1]) for r in replicates])

    def product(vectors: np.ndarray) -> np.ndarray:
        return surface.hessian_product(theta, vectors.astype(theta.dtype), x, y)

    return extreme_eigenvalues(product, random, PRODUCTS).highest


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
