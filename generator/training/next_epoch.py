"""The epoch that follows a checkpoint, taken again and again from there: only the order of its examples differs."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf

from generator.errors import GeneratorError
from generator.training.replicates import Program
from generator.training.trainer import (
    Training,
    evaluated_at_once,
    evaluation_chunks,
    evaluation_curves,
    in_precision,
    orders,
    split,
    step_curves,
    train,
)


def next_epochs(training: Training, replicates: Sequence[int], epoch: int, count: int) -> Mapping[str, np.ndarray]:
    """Train for `epoch` epochs; then `count` times the next one, each from the weights and the optimiser reached.

    Curves by name, as of a run, but with a point for each order, shape (replicates, count). The orders are those that a
    run would have in its epochs from there on, so the first point is the run's own next epoch. For at most as many
    replicates as are trained at once.
    """
    _require_drawn(training, replicates)
    before, found = dataclasses.replace(training, epochs=epoch), []
    epochs = iter(range(1, epoch + 1))

    def watch(program: Program) -> None:
        if next(epochs) == epoch:
            found.append(_taken(program, before, replicates, count))

    train(before, replicates, watch=watch)
    return {name: curve[: len(replicates)] for name, curve in found[0].items()}


def _require_drawn(training: Training, replicates: Sequence[int]) -> None:
    if training.order in {"easy-first", "hard-first"} or training.noise_of_batch:
        raise GeneratorError("expected an order that is drawn and no noise to add for one epoch taken again")
    if len(replicates) > training.chunk:
        raise GeneratorError(f"expected at most {training.chunk} replicates at once, found {len(replicates)}")


def _taken(program: Program, training: Training, asked: Sequence[int], count: int) -> dict[str, np.ndarray]:
    """The curves of `count` epochs from where the program stands, a point each."""
    replicates = [*asked, *[asked[-1]] * (training.chunk - len(asked))]
    examples = training.data(training.stream("data", replicates))
    parts = split(training, examples)
    x, y = (tf.constant(in_precision(values, training.dtype)) for values in (examples.x, examples.y))
    size = evaluated_at_once(program)
    chunks, training_chunks = evaluation_chunks(parts, size)
    longer = dataclasses.replace(training, epochs=training.epochs + count)
    variables = [*program.weights, *program.state, *program.optimizer.variables]
    reached = [variable.numpy() for variable in variables]
    steps, evaluations = [], []
    for position in orders(longer, parts, replicates)[training.epochs :]:
        for variable, value in zip(variables, reached, strict=True):
            variable.assign(value)
        chosen = np.take_along_axis(parts.train, position, axis=1)
        steps.append(program.epoch(x, y, chosen, training.batch_size))
        evaluations.append(program.evaluate(x, y, chunks, training_chunks))
    trained = step_curves(steps, parts.train.shape[1] * training.passes, training.batch_size)
    return {**trained, **evaluation_curves(evaluations, parts, size)}
