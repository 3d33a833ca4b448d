"""Replicates trained alone, by Keras' own training step: the reference that the replicate trainer must equal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pytest

if TYPE_CHECKING:
    from generator.training.trainer import Training


@dataclass(frozen=True, kw_only=True)
class Alone:
    """What Keras leaves of one replicate.

    Attributes
    ----------
    step_loss, step_accuracy : shape (steps,)
    weights : final values of `model.weights`
    train : `evaluate` on the training set at the end (loss, accuracy)
    """

    step_loss: np.ndarray
    step_accuracy: np.ndarray
    weights: list[np.ndarray]
    train: tuple[float, float]


class Reference(Protocol):
    """Trains each replicate alone, with the replicate trainer's initial weights and orders."""

    def __call__(
        self, training: "Training", replicates: Sequence[int], *, jit_compile: bool = False
    ) -> list[Alone]: ...


@pytest.fixture(scope="session")
def alone() -> Reference:
    """XLA draws other random numbers than TensorFlow: `jit_compile` gives a model with dropout the trainer's masks."""
    return _train_alone


def _train_alone(training: "Training", replicates: Sequence[int], *, jit_compile: bool = False) -> list[Alone]:
    from generator.training.trainer import precision

    with precision(training.dtype):
        model, optimizer = training.model(), training.make_optimizer()
        model.compile(optimizer, training.loss, metrics=["accuracy"], jit_compile=jit_compile)
        optimizer.build(model.trainable_variables)
        fresh = [(variable, variable.numpy()) for variable in optimizer.variables]
        runs = []
        for replicate in replicates:
            for variable, value in fresh:
                variable.assign(value)
            runs.append(_train_one(training, replicate, model))
    return runs


def _train_one(training: "Training", replicate: int, model: Any) -> Alone:
    from generator.training.orders import permutations
    from generator.training.trainer import split
    from generator.training.weights import initial_weights

    examples = training.data([replicate])
    kept = split(training, examples).train[0]
    for variable, value in zip(model.variables, initial_weights(training.model, model, replicate), strict=True):
        variable.assign(value)
    logs = []
    for order in permutations(replicate, len(kept), training.epochs):
        for start in range(0, len(kept), training.batch_size):
            batch = kept[order[start : start + training.batch_size]]
            logs.append(model.train_on_batch(examples.x[batch], examples.y[batch], return_dict=True))
    weights = [variable.numpy() for variable in model.weights]
    loss, accuracy = model.evaluate(examples.x[kept], examples.y[kept], verbose=0)
    return Alone(
        step_loss=np.array([float(log["loss"]) for log in logs]),
        step_accuracy=np.array([float(log["accuracy"]) for log in logs]),
        weights=weights,
        train=(loss, accuracy),
    )
