"""What a reader of curves may trip over: the tail as validation set, the lag of the epoch mean, the penalty inside."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.running.conditions import train_condition, training_of
from generator.running.importing import quick_import

if TYPE_CHECKING:
    import keras

    from generator.training.datasets import Examples
    from generator.training.history import History
    from generator.training.trainer import Training


def trained_on_sorted(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """Curves of the condition where the examples to train on are stored class after class."""
    with quick_import():
        from generator.training.datasets import by_class
        from generator.training.trainer import train
    training = training_of(parameters["condition"])
    return dict(train(dataclasses.replace(training, data=by_class(training.data)), replicates).curves)


def losses_in_step(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """The condition's losses, and what stands between `loss` and `train_loss`: half an epoch.

    `shifted_loss` is `loss` drawn half an epoch to the left and read off where epochs end; `expected_loss` is what a
    decay at the rate of the exact loss would let Keras print. All lack the last epoch, as shifting needs the next one.
    """
    curves = train_condition(parameters["condition"], replicates)
    shifted = (curves["loss"][:, :-1] + curves["loss"][:, 1:]) / 2
    expected = curves["train_loss"] * epoch_mean_over_end(decay_rates(curves["train_loss"]))
    kept = {name: curves[name][:, :-1] for name in ("loss", "train_loss", "val_loss")}
    return {**kept, "shifted_loss": shifted, "expected_loss": expected[:, :-1]}


def decay_rates(loss: np.ndarray) -> np.ndarray:
    """By how much the logarithm falls within each epoch; within the first, whose start is not known, as in the second.

    A loss of (replicates, epochs) gives rates of the same shape.
    """
    rates = -np.diff(np.log(loss), axis=1)
    return np.concatenate([rates[:, :1], rates], axis=1)


def epoch_mean_over_end(rates: np.ndarray) -> np.ndarray:
    """The mean over an epoch by the value at its end, for a decay by exp(-rate) an epoch: (exp(rate) - 1) / rate."""
    safe = np.where(rates == 0, 1.0, rates)
    return np.asarray(np.where(rates == 0, 1.0, np.expm1(safe) / safe))


def evaluated_by_keras(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """What Keras' own `evaluate` says of the validation set after training, one point each.

    `evaluated_loss` of the model as trained, `unpenalised_loss` of the same weights in a model without regularisers,
    and `recomputed_loss`, the latter plus the penalty computed from the weights.
    """
    with quick_import():
        from generator.training.trainer import train
    condition = parameters["condition"]
    training, plain = training_of(condition), training_of(_without_penalty(condition))
    history, examples = train(training, replicates), training.data(list(replicates))
    strength = condition["model"]["parameters"]["l2"]
    evaluated = _evaluated(training, history, examples)
    unpenalised = _evaluated(plain, history, examples)
    recomputed = unpenalised + strength * np.square(history["kernel_norm"][:, -1])
    named = {"evaluated_loss": evaluated, "unpenalised_loss": unpenalised, "recomputed_loss": recomputed}
    return {name: values[:, None] for name, values in named.items()}


def _without_penalty(condition: Mapping[str, Any]) -> dict[str, Any]:
    model = condition["model"]
    return {**condition, "model": {**model, "parameters": {**model["parameters"], "l2": None}}}


def _evaluated(training: "Training", history: "History", examples: "Examples") -> np.ndarray:
    """The loss that `evaluate` returns for each replicate's final weights, shape (replicates,)."""
    from generator.training.trainer import split

    model = training.model()
    model.compile(training.make_optimizer(), training.loss, jit_compile=False)
    validation = split(training, examples).validation
    return np.array([_evaluate(model, history, examples, row, index) for row, index in enumerate(validation)])


def _evaluate(model: "keras.Model", history: "History", examples: "Examples", row: int, index: np.ndarray) -> float:
    model.set_weights([weight[row] for weight in history.weights])
    return float(model.evaluate(examples.x[index], examples.y[index], batch_size=len(index), verbose=0))
