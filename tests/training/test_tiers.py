"""Each kind of layer runs in the fastest tier that its operations allow, equals Keras there, and is announced once."""

import logging
from collections.abc import Callable

import keras
import numpy as np
import pytest

from generator.training.datasets import arrays
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
    "recurrent": ("uncompiled", "TensorListReserve", (4, 3), [lambda: layers.LSTM(3)]),
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
    epochs: list[int] = []
    with caplog.at_level(logging.INFO):
        history = train(training, (3, 4, 5), progress=epochs.append)
        again = train(training, (3, 4, 5))

    assert history.tier == tier
    # Every chunk runs in the tier that the first one found, from its first step.
    assert sum(epochs) == 2 * training.epochs
    np.testing.assert_array_equal(history["step_loss"], again["step_loss"])

    [announcement] = caplog.records
    assert announcement.name == "generator.training.replicates"
    assert announcement.levelno == (logging.INFO if tier == "vectorised" else logging.WARNING)
    assert announcement.getMessage().endswith(f"because of {reason}" if reason else "compiled by XLA")

    [reference] = alone(training, (4,), jit_compile=name == "dropout")
    np.testing.assert_allclose(history["step_loss"][1], reference.step_loss, rtol=1e-12)
    for ours, theirs in zip(history.weights, reference.weights, strict=True):
        np.testing.assert_allclose(ours[1], theirs, rtol=1e-12, atol=1e-12)
