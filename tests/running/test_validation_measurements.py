"""Accuracy by the size of the validation set, against the trainer's own and a model of plain Keras."""

import numpy as np
import pytest

from generator.running.conditions import training_of
from generator.running.validation_measurements import validated_on
from generator.spec import Condition, call, plain
from generator.training.trainer import train

pytestmark = pytest.mark.tensorflow

REPLICATES = (3, 5)
TEST, LARGEST = 50, 20

CONDITION = plain(
    Condition(
        model=call("generator.training.models:dense_network", features=3, hidden=4),
        optimizer=call("keras.optimizers:Adam", learning_rate=0.05),
        data=call("generator.training.datasets:planted_teacher", train=40, test=TEST, features=3),
        batch_size=8,
        epochs=3,
    )
)


def measured(size: int) -> dict[str, np.ndarray]:
    return validated_on({"condition": CONDITION, "size": size, "largest": LARGEST}, REPLICATES)


def test_the_largest_set_and_the_rest_make_up_all_test_examples() -> None:
    found, history = measured(LARGEST), train(training_of(CONDITION), REPLICATES)
    together = (LARGEST * found["val_accuracy"] + (TEST - LARGEST) * found["test_accuracy"]) / TEST
    assert together == pytest.approx(history.curves["test_accuracy"], abs=1e-6)


@pytest.mark.parametrize("size", [1, 7, LARGEST])
def test_a_set_is_the_first_examples_that_are_kept_from_training(size: int) -> None:
    training, found = training_of(CONDITION), measured(size)
    history, model = train(training, REPLICATES), training.model()
    examples = training.data(REPLICATES)
    for row in range(len(REPLICATES)):
        model.set_weights([weights[row] for weights in history.weights])
        kept = examples.test[row, :size]
        right = (model.predict(examples.x[kept], verbose=0) > 0.5) == (examples.y[kept] > 0.5)
        assert found["val_accuracy"][row, -1] == pytest.approx(right.mean())


def test_chance_is_binomial() -> None:
    """By the variance of a hundred thousand binomial shares, not by the formula."""
    found = measured(7)
    shares = np.random.default_rng(0).binomial(7, found["test_accuracy"][0, -1], size=100_000) / 7
    assert found["chance_sd"][0, -1] == pytest.approx(shares.std(), rel=0.01)
