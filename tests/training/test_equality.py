"""Every replicate equals the same model trained alone by Keras, with the same initial weights and orders.

In float64 to a few units in the last place over 300 steps, each time with a partial last batch. Float32 differs by the
rounding that an optimiser amplifies, so there only the usual difference is bounded.
"""

import dataclasses
import functools
from collections.abc import Callable, Sequence

import keras
import numpy as np
import pytest

from generator.training import replicates, trainer
from generator.training.datasets import Examples, digits, planted_teacher
from generator.training.history import History
from generator.training.models import dense_network
from generator.training.trainer import Training, train

from .conftest import Alone, Reference

pytestmark = pytest.mark.tensorflow

layers, optimizers = keras.layers, keras.optimizers

REPLICATES = (0, 1, 7)

#: Batches of 32 leave 4 of the 100 examples; 75 epochs are 300 steps.
BASE = Training(
    model=functools.partial(dense_network, hidden=8),
    data=functools.partial(planted_teacher, train=100, test=0),
    optimizer=lambda: optimizers.Adam(0.01),
    epochs=75,
    chunk=4,
    dtype="float64",
)


def assert_equal(history: History, references: Sequence[Alone], tolerance: float = 1e-12) -> None:
    close = functools.partial(np.testing.assert_allclose, rtol=tolerance, atol=tolerance)
    for row, reference in enumerate(references):
        assert len(reference.step_loss) == 300
        close(history["step_loss"][row], reference.step_loss)
        close(history["step_accuracy"][row], reference.step_accuracy)
        for ours, theirs in zip(history.weights, reference.weights, strict=True):
            close(ours[row], theirs)
        loss, accuracy = reference.train
        close(history["train_loss"][row, -1], loss)
        close(history["train_accuracy"][row, -1], accuracy)


OPTIMIZERS: dict[str, Callable[[], keras.Optimizer]] = {
    "SGD": lambda: optimizers.SGD(0.1),
    "momentum": lambda: optimizers.SGD(0.05, momentum=0.9),
    "nesterov": lambda: optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "RMSprop": lambda: optimizers.RMSprop(0.01),
    "Adam": lambda: optimizers.Adam(0.01),
    "AdamW": lambda: optimizers.AdamW(0.01, weight_decay=0.05),
    "AMSGrad": lambda: optimizers.Adam(0.01, amsgrad=True),
    "schedule": lambda: optimizers.Adam(optimizers.schedules.ExponentialDecay(0.02, 50, 0.5)),
    "clipvalue": lambda: optimizers.SGD(0.3, clipvalue=0.01),
    "clipnorm": lambda: optimizers.SGD(0.3, clipnorm=0.05),
    "global_clipnorm": lambda: optimizers.SGD(0.3, global_clipnorm=0.05),
    "averages": lambda: optimizers.SGD(
        0.1, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=7, gradient_accumulation_steps=3
    ),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizer(name: str, alone: Reference) -> None:
    training = dataclasses.replace(BASE, optimizer=OPTIMIZERS[name])
    assert_equal(train(training, REPLICATES), alone(training, REPLICATES))


def penalised(strength: float) -> keras.Model:
    return keras.Sequential(
        [
            layers.Input((10,)),
            layers.Dense(
                8,
                activation="relu",
                kernel_regularizer=keras.regularizers.L2(strength),
                bias_regularizer=keras.regularizers.L1(strength),
            ),
            layers.Dense(1, activation="sigmoid", kernel_regularizer=keras.regularizers.L1L2(strength / 2, strength)),
        ]
    )


def test_two_strengths_through_one_program(alone: Reference) -> None:
    before = set(trainer._programs)
    for strength in (0.01, 0.3):
        training = dataclasses.replace(BASE, model=functools.partial(penalised, strength))
        assert_equal(train(training, REPLICATES[-1:]), alone(training, REPLICATES[-1:]))
    assert len(set(trainer._programs) - before) == 1


def test_two_decays_through_one_program(alone: Reference) -> None:
    before = set(trainer._programs)
    for decay in (0.3, 3.0, 0.0):
        training = dataclasses.replace(BASE, optimizer=optimizers.AdamW(0.02, beta_1=0.8, weight_decay=decay))
        assert_equal(train(training, REPLICATES[-1:]), alone(training, REPLICATES[-1:]))
    assert len(set(trainer._programs) - before) == 1


@pytest.mark.parametrize(("piece", "clipping"), [(12, {"global_clipnorm": 0.5}), (31, {"clipnorm": 0.3})])
def test_batches_in_pieces(
    piece: int, clipping: dict[str, float], alone: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches of 32 in pieces that divide them and that do not, with penalties and clipping that count once."""
    monkeypatch.setattr(replicates, "examples_at_once", lambda model: piece)
    monkeypatch.setattr(trainer, "_programs", {})
    training = dataclasses.replace(
        BASE, model=functools.partial(penalised, 0.03), optimizer=lambda: optimizers.Adam(0.01, **clipping)
    )
    assert_equal(train(training, REPLICATES), alone(training, REPLICATES))


def test_frozen_layers_keep_their_values_in_batches_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replicates, "examples_at_once", lambda model: 10)
    monkeypatch.setattr(trainer, "_programs", {})

    def half_frozen() -> keras.Model:
        frozen = layers.Dense(6, activation="tanh", trainable=False)
        return keras.Sequential([layers.Input((10,)), frozen, layers.Dense(1, activation="sigmoid")])

    history = train(dataclasses.replace(BASE, model=half_frozen, epochs=2), REPLICATES)
    start = train(dataclasses.replace(BASE, model=half_frozen, epochs=1, optimizer=optimizers.SGD(0.0)), REPLICATES)
    np.testing.assert_array_equal(history.weights[0], start.weights[0])


def normalised() -> keras.Model:
    """A model whose moving statistics depend on each batch, the short last one too."""
    return keras.Sequential(
        [
            layers.Input((10,)),
            layers.Dense(8, activation="tanh"),
            layers.BatchNormalization(momentum=0.9),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def test_batch_normalization(alone: Reference) -> None:
    training = dataclasses.replace(BASE, model=normalised, optimizer=lambda: optimizers.SGD(0.05, momentum=0.9))
    history = train(training, REPLICATES)
    assert [w.shape[1:] for w in history.weights] == [w.shape for w in normalised().weights]
    assert_equal(history, alone(training, REPLICATES))


def nested() -> keras.Model:
    """A model in a model, with a penalty inside and arithmetic between the layers that mixes the batch's examples."""
    inner = keras.Sequential([layers.Input((10,)), layers.Dense(6, activation="tanh", kernel_regularizer="l2")])
    inputs = keras.Input((10,))
    hidden = inner(inputs)
    outputs = layers.Dense(1, activation="sigmoid")(hidden - keras.ops.mean(hidden, axis=0, keepdims=True))
    return keras.Model(inputs, outputs)


def test_examples_that_meet_outside_layers_are_not_padded(alone: Reference) -> None:
    training = dataclasses.replace(BASE, model=nested)
    history = train(training, REPLICATES)
    references = alone(training, REPLICATES)
    for row, reference in enumerate(references):
        np.testing.assert_allclose(history["step_loss"][row], reference.step_loss, rtol=1e-12)


def tokens(replicates: Sequence[int]) -> Examples:
    rng = np.random.default_rng(4)
    index = np.tile(np.arange(100, dtype=np.int32), (len(replicates), 1))
    return Examples(x=rng.integers(0, 20, (100, 6)), y=rng.integers(0, 2, 100), train=index, test=index[:, :0])


def embedding() -> keras.Model:
    return keras.Sequential(
        [
            layers.Input((6,), dtype="int32"),
            layers.Embedding(20, 3),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def test_tokens_and_targets_without_an_axis(alone: Reference) -> None:
    """The article's `y` has shape (1000,) where the network's output has shape (batch, 1)."""
    training = dataclasses.replace(BASE, model=embedding, data=tokens, optimizer=OPTIMIZERS["momentum"])
    assert_equal(train(training, REPLICATES), alone(training, REPLICATES))


#: Batches of 256 leave 232 of the 1000 examples.
DIGITS = dataclasses.replace(
    BASE,
    model=functools.partial(dense_network, features=64, hidden=8, classes=10),
    data=functools.partial(digits, test=0),
    loss="categorical_crossentropy",
    batch_size=256,
)


def test_classes_and_a_long_partial_batch(alone: Reference) -> None:
    assert_equal(train(DIGITS, REPLICATES), alone(DIGITS, REPLICATES))


def test_float32_usually_differs_by_rounding_alone(
    alone: Reference, record_property: Callable[[str, object], None]
) -> None:
    training = dataclasses.replace(BASE, model=dense_network, dtype="float32")
    history, references = train(training, REPLICATES), alone(training, REPLICATES)
    differences = np.abs(history["step_loss"] - [reference.step_loss for reference in references])
    summary = f"median {np.median(differences):.1e}, worst {differences.max():.1e}"
    record_property("float32 step losses", summary)
    print(f"float32 step losses over 300 steps of Adam: {summary}")
    assert np.median(differences) < 1e-5
