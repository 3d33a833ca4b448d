"""How close the curvature comes to what the step size bears, while a network trains."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.errors import GeneratorError
from generator.running.conditions import training_of

if TYPE_CHECKING:
    import keras

    from generator.training.checkpoints import Start
    from generator.training.curvature import Extremes
    from generator.training.replicates import Program

#: Steps at the end of a run that are kept one by one.
_END = 100


def edge(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """Train on whole batches and follow the largest eigenvalue of the Hessian, preconditioned as the optimiser does.

    One point an epoch: `edge`, the eigenvalue over the threshold above which steps move away, which is 2 / rate for
    plain gradient descent and 38 / rate for Adam, and `train_error`, the exact loss. One point a step: `step_error`,
    the exact loss again, and `step_end_error`, its end.
    """
    from generator.training.checkpoints import start_of
    from generator.training.trainer import train

    training = dataclasses.replace(training_of(parameters["condition"]), chunk=len(replicates))
    start = start_of(training, replicates)
    threshold = _threshold(training.make_optimizer())
    top, edges = start.theta, []

    def watch(program: "Program") -> None:
        nonlocal top
        found = _extremes(start, program, top, parameters["products"])
        top = found.top
        edges.append(found.highest / threshold)

    history = train(training, replicates, watch=watch)
    return {
        "edge": np.stack(edges, axis=1),
        "train_error": history["train_loss"],
        "step_error": history["step_loss"].astype(np.float32),
        "step_end_error": history["step_loss"][:, -_END:].astype(np.float32),
    }


def _threshold(optimizer: "keras.Optimizer") -> float:
    from generator.training.curvature import adam_threshold, descent_threshold

    rate, kind = float(optimizer.learning_rate.numpy()), type(optimizer).__name__
    if kind == "Adam":
        return adam_threshold(rate, optimizer.beta_1)
    if kind == "SGD" and not optimizer.momentum:
        return descent_threshold(rate)
    raise GeneratorError(f"expected plain SGD or Adam at the edge of stability, found {kind}")


def _extremes(start: "Start", program: "Program", near: np.ndarray, products: int) -> "Extremes":
    """The ends of the spectrum at the program's weights; `near` is where to look first for its top."""
    from generator.training.checkpoints import weights_of
    from generator.training.curvature import extreme_eigenvalues, preconditioned

    theta = weights_of(start.surface, program, len(near))

    def product(vectors: np.ndarray) -> np.ndarray:
        return start.surface.hessian_product(theta, vectors.astype(theta.dtype), start.x, start.y)

    scale = _preconditioner(start, program.optimizer, len(near))
    return extreme_eigenvalues(product if scale is None else preconditioned(product, scale), near, products)


def _preconditioner(start: "Start", optimizer: "keras.Optimizer", count: int) -> np.ndarray | None:
    from generator.training.curvature import adam_preconditioner

    if type(optimizer).__name__ != "Adam":
        return None
    second = start.surface.flat([moment.numpy()[:count] for moment in optimizer._velocities]).astype(np.float64)
    step = int(optimizer.iterations.numpy())
    return adam_preconditioner(second, step, beta_2=optimizer.beta_2, epsilon=optimizer.epsilon)
