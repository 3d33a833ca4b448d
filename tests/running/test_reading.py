"""What readers of curves trip over: measured by us as Keras itself shows it."""

import functools
import math

import keras
import numpy as np
import pytest

from generator.running.conditions import training_of
from generator.running.reading import (
    decay_rates,
    epoch_mean_over_end,
    evaluated_by_keras,
    losses_in_step,
    trained_on_sorted,
)
from generator.spec import Condition, call, plain
from generator.training.datasets import by_class, planted_teacher
from generator.training.trainer import train

pytestmark = pytest.mark.tensorflow

SMALL = Condition(
    model=call("generator.training.models:dense_network", features=3, hidden=4, l2=0.01),
    optimizer=call("keras.optimizers:SGD", learning_rate=0.5),
    data=call("generator.training.datasets:planted_teacher", train=50, test=10, features=3),
    batch_size=8,
    epochs=5,
    validation_share=0.2,
)

PARAMETERS = {"condition": plain(SMALL)}


def test_keras_takes_the_tail_before_it_shuffles() -> None:
    """At a learning rate of 0, the validation loss of a shuffling fit is that of the last fifth, as stored."""
    rng = np.random.default_rng(4)
    x, y = rng.random((50, 3)), np.sort(rng.integers(0, 2, 50))
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.SGD(0.0), "binary_crossentropy")
    [told] = model.fit(x, y, validation_split=0.2, shuffle=True, verbose=0).history["val_loss"]
    assert told == pytest.approx(model.evaluate(x[40:], y[40:], verbose=0), rel=1e-5)
    assert told != pytest.approx(model.evaluate(x[:10], y[:10], verbose=0), rel=1e-2)


def test_sorted_examples_are_validated_on_the_last_class() -> None:
    curves = trained_on_sorted(PARAMETERS, [3, 5])
    data = by_class(functools.partial(planted_teacher, train=50, test=10, features=3))([3, 5])
    assert (data.y[data.train[:, 40:], 0] == 1).all()
    alone = train(training_of({**plain(SMALL), "epochs": 1}), [3, 5])
    assert curves["val_loss"].shape == (2, 5)
    assert not np.allclose(curves["val_loss"][:, 0], alone["val_loss"][:, 0], rtol=1e-3)
    np.testing.assert_array_equal(curves["penalty"][:, 0] > 0, True)


def test_losses_in_step_keep_what_was_trained() -> None:
    curves, history = losses_in_step(PARAMETERS, [3, 5]), train(training_of(plain(SMALL)), [3, 5])
    for name in ("loss", "train_loss", "val_loss"):
        np.testing.assert_array_equal(curves[name], history[name][:, :4])
    loss, exact = history["loss"], history["train_loss"]
    np.testing.assert_allclose(curves["shifted_loss"][:, 3], (loss[:, 3] + loss[:, 4]) / 2)
    rate = math.log(exact[1, 1] / exact[1, 2])
    assert curves["expected_loss"][1, 2] == pytest.approx(exact[1, 2] * (math.exp(rate) - 1) / rate)


def test_decay_rates_of_exponentials() -> None:
    loss = np.exp(-np.outer([0.1, 0.7], np.arange(1, 6)))
    np.testing.assert_allclose(decay_rates(loss), np.repeat([[0.1], [0.7]], 5, axis=1))


@pytest.mark.parametrize("rate", [-0.4, 1e-9, 0.1, 0.7, 3.0])
def test_epoch_mean_by_numerical_integration(rate: float) -> None:
    middle = (np.arange(100_000) + 0.5) / 100_000
    expected = np.mean(np.exp(-rate * middle)) / np.exp(-rate)
    assert epoch_mean_over_end(np.array([rate, 0.0])) == pytest.approx([expected, 1.0], rel=1e-6)


def test_evaluate_adds_the_penalty_of_the_weights() -> None:
    told = evaluated_by_keras(PARAMETERS, [3, 5])
    training = training_of(plain(SMALL))
    history, examples = train(training, [3, 5]), training.data([3, 5])
    for row in range(2):
        first, bias, second, offset = (weight[row].astype(float) for weight in history.weights)
        held_out = examples.train[row, 40:]
        logit = (np.maximum(examples.x[held_out] @ first + bias, 0) @ second + offset)[:, 0]
        loss = np.mean(np.logaddexp(0, np.where(examples.y[held_out, 0] > 0, -logit, logit)))
        penalty = 0.01 * (np.sum(first**2) + np.sum(second**2))
        assert told["unpenalised_loss"][row] == pytest.approx([loss], rel=1e-5)
        assert told["evaluated_loss"][row] == pytest.approx([loss + penalty], rel=1e-5)
        assert told["recomputed_loss"][row] == pytest.approx([loss + penalty], rel=1e-5)
