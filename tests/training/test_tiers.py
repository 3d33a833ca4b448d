"""Each kind of layer runs in the fastest tier that its operations allow, equals Keras there, and is announced once."""

import logging
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from generator.training.datasets import arrays
from generator.training.replicates import Program, Steps, Tier
from generator.training.trainer import Training, train

from .conftest import Reference

pytestmark = pytest.mark.tensorflow

layers = keras.layers

RNG = np.random.default_rng(8)
X = RNG.random((48, 12)).astype(np.float32)
Y = (X[:, :1] + 0.3 * RNG.standard_normal((48, 1)) > 0.5).astype(np.float32)


def network(shape: tuple[int, ...], *hidden: Callable[[], keras.Layer]) -> Callable[[], keras.Model]:
    def build() -> keras.Model:
        output = layers.Dense(1, activation="sigmoid")
        return keras.Sequential([layers.Input(shape), *(make() for make in hidden), output])

    return build


#: Tier, the operation that is named as the reason, input shape and hidden layers.
CASES: dict[str, tuple[str, str, tuple[int, ...], list[Callable[[], keras.Layer]]]] = {
    "normalised layer": ("vectorised", "", (12,), [lambda: layers.Dense(6), layers.LayerNormalization]),
    "convolution": (
        "looped",
        "Conv2D",
        (4, 3, 1),
        [lambda: layers.Conv2D(3, 2, activation="tanh"), layers.BatchNormalization, layers.Flatten],
    ),
    "dropout": (
        "looped",
        "StatelessRandomGetKeyCounter",
        (12,),
        [lambda: layers.Dropout(0.2), lambda: layers.Dense(6), lambda: layers.Dropout(0.5)],
    ),
    "recurrent": ("uncompiled", "TensorListReserve", (4, 3), [lambda: layers.SimpleRNN(3)]),
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name == "recurrent" else name for name in CASES]
)
def test_tier(name: str, alone: Reference, caplog: pytest.LogCaptureFixture) -> None:
    tier, reason, shape, hidden = CASES[name]
    training = Training(
        model=network(shape, *hidden),
        data=arrays(X.reshape(len(X), *shape), Y),
        optimizer=lambda: keras.optimizers.Adam(0.01),
        batch_size=16,
        epochs=4,
        chunk=2,
        dtype="float64",
    )
    with caplog.at_level(logging.INFO):
        history = train(training, (3, 4, 5))
        again = train(training, (3, 4, 5))
    assert history.tier == tier
    np.testing.assert_array_equal(history["step_loss"], again["step_loss"])

    [announcement] = caplog.records
    assert announcement.name == "generator.training.replicates"
    assert announcement.levelno == (logging.INFO if tier == "vectorised" else logging.WARNING)
    assert announcement.getMessage().endswith(f"because of {reason}" if reason else "compiled by XLA")

    [reference] = alone(training, (4,), jit_compile=name == "dropout")
    np.testing.assert_allclose(history["step_loss"][1], reference.step_loss, rtol=1e-12)
    for ours, theirs in zip(history.weights, reference.weights, strict=True):
        np.testing.assert_allclose(ours[1], theirs, rtol=1e-12, atol=1e-12)


class Evaluated(keras.layers.Layer):  # type: ignore[misc]  # Keras has no types
    """Has an operation that cannot be vectorised, but only where the model does not train."""

    def call(self, inputs: Any, training: bool = False) -> Any:
        return inputs if training else tf.bitcast(tf.bitcast(inputs, tf.int32), tf.float32)


def test_every_epoch_runs_in_the_tier_that_evaluation_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[Tier] = []
    epoch = Program.epoch

    def recorded(program: Program, *arguments: Any) -> Steps:
        steps = epoch(program, *arguments)
        ran.append(program.tier)
        return steps

    monkeypatch.setattr(Program, "epoch", recorded)
    epochs: list[int] = []
    training = Training(
        model=network((12,), Evaluated),
        data=arrays(X, Y),
        optimizer=lambda: keras.optimizers.SGD(0.01),
        batch_size=16,
        epochs=3,
        chunk=2,
    )
    train(training, (0, 1, 2), progress=epochs.append)
    # The first epoch is done again, and not counted twice.
    assert ran == [Tier.VECTORISED] + 2 * 3 * [Tier.LOOPED]
    assert sum(epochs) == 2 * 3
