"""Networks trained as experiments train them, where the curve is known (G12, G13, G17)."""

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.running.conditions import training_of
from generator.running.importing import quick_import
from generator.stats.roughness import turning_point_rate, upward_variation

if TYPE_CHECKING:
    import keras

    from generator.training.datasets import Examples
    from generator.training.history import History


def frozen(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """A run at a learning rate of 0: the `range` of its epoch means, and the steps' variance by what sampling gives.

    `step_variance` is divided by S / B (1 - B / N), where the variance S of the examples' losses is computed from the
    weights by hand.
    """
    with quick_import():
        from generator.training.trainer import train
    training = training_of(parameters["condition"])
    history, examples = train(training, replicates), training.data(list(replicates))
    losses = _losses(history, examples)
    share = training.batch_size / losses.shape[1]
    sampled = losses.var(axis=1, ddof=1) / training.batch_size * (1 - share)
    about = (history["step_loss"] - losses.mean(axis=1, keepdims=True)) ** 2
    return {
        "range": np.ptp(history["loss"], axis=1)[:, None],
        "step_variance": (np.mean(about, axis=1) / sampled)[:, None],
    }


def _losses(history: "History", examples: "Examples") -> np.ndarray:
    """Binary cross-entropy of every training example of a network with one hidden ReLU layer, in float64."""
    with quick_import():
        import tensorflow as tf
    first, bias, second, offset = (weight.astype(np.float64) for weight in history.weights)
    x, y = examples.x[examples.train].astype(np.float64), examples.y[examples.train][..., 0]
    hidden = np.maximum(x @ first + bias[:, None], 0)
    logit = (hidden @ second + offset[:, None])[..., 0]
    # TensorFlow's logarithms are its own; the last digit of the C library's depends on the processor.
    return np.asarray(tf.math.softplus(np.where(y > 0, -logit, logit)))


def logistic_regression(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """Full-batch descent of a logistic regression at `share` of the rate 2 / L up to which it cannot rise.

    L = lambda_max(X'X) / (4 n), the intercept counted; the largest L of the replicates sets the rate of all. Returned
    are `rises` and `turning_rate` of the exact loss.
    """
    with quick_import():
        import keras

        from generator.training.trainer import train
    training = training_of(parameters["condition"])
    rate = parameters["share"] * 2 / max(_smoothness(training.data(list(replicates))))
    training = dataclasses.replace(
        training, model=_logistic, optimizer=functools.partial(keras.optimizers.SGD, learning_rate=rate)
    )
    loss = train(training, replicates)["train_loss"]
    return {"rises": upward_variation(loss)[:, None], "turning_rate": turning_point_rate(loss)[:, None]}


def _smoothness(examples: "Examples") -> list[float]:
    """The largest curvature of each replicate's loss, at most."""
    with_intercept = (np.column_stack([x, np.ones(len(x))]).astype(np.float64) for x in examples.x[examples.train])
    return [float(np.linalg.norm(x, 2) ** 2 / (4 * len(x))) for x in with_intercept]


def _logistic() -> "keras.Model":
    import keras

    return keras.Sequential([keras.layers.Input((10,)), keras.layers.Dense(1, activation="sigmoid")])


def loss_of_guessing(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """The loss of answering one half to random labels, by Keras' own binary cross-entropy."""
    with quick_import():
        from generator.training.losses import per_example
    examples = training_of(parameters["condition"]).data(list(replicates))
    targets = examples.y[examples.train].reshape(-1, 1)
    losses = per_example("binary_crossentropy")(targets, np.full_like(targets, 0.5)).numpy()
    return {"loss": losses.reshape(len(replicates), -1).mean(axis=1, dtype=np.float64)[:, None]}
