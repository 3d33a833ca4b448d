"""What is measured of a run and its twin, against plain numpy on the two histories."""

import numpy as np
import pytest

from generator.running.conditions import training_of
from generator.running.twins import compare, correlation
from generator.spec import Condition, call, plain
from generator.training.trainer import train
from generator.training.twins import twin_of

pytestmark = pytest.mark.tensorflow

CONDITION = plain(
    Condition(
        model=call("generator.training.models:dense_network", features=3, hidden=4),
        optimizer=call("keras.optimizers:SGD", learning_rate=1.0),
        data=call("generator.training.datasets:random_labels", train=20, test=10, features=3),
        batch_size=8,
        epochs=9,
    )
)
REPLICATES = (4, 5, 6)


def compared(*anew: str) -> dict[str, np.ndarray]:
    return compare({"condition": CONDITION, "anew": list(anew), "first": 3}, REPLICATES)


def test_the_same_run_again_is_at_no_distance() -> None:
    found = compared()
    assert all((found[name] == 0).all() for name in ("distance", "relative_distance", "test_gap"))
    for curve in ("loss", "train_loss"):
        np.testing.assert_allclose(found[f"{curve}_correlation"], 1, rtol=1e-12)


def test_distances_and_correlations_are_those_of_the_histories() -> None:
    found = compared("init", "order")
    training = training_of(CONDITION)
    run, other = (train(t, REPLICATES) for t in (training, twin_of(training, ("init", "order"))))
    for row in range(len(REPLICATES)):
        losses = run["train_loss"][row], other["train_loss"][row]
        assert found["distance"][row].tolist() == [abs(a - b) for a, b in zip(*losses, strict=True)]
        assert found["relative_distance"][row] == pytest.approx([abs(1 - b / a) for a, b in zip(*losses, strict=True)])
        tests = run["test_accuracy"][row], other["test_accuracy"][row]
        assert found["test_gap"][row].tolist() == [abs(a - b) for a, b in zip(*tests, strict=True)]
        for curve in ("loss", "train_loss", "accuracy"):
            one, two = (h[curve][row, 2:] for h in (run, other))
            bends = [[v[i] - 2 * v[i + 1] + v[i + 2] for i in range(5)] for v in (one, two)]
            assert found[f"{curve}_correlation"].shape == (3, 1)
            assert found[f"{curve}_correlation"][row, 0] == pytest.approx(np.corrcoef(np.array(bends))[0, 1])


def test_a_curve_that_stands_still_goes_along_with_nothing() -> None:
    moving = np.array([[1.0, -1.0, 2.0], [1.0, 2.0, 4.0]])
    still = np.array([[0.5, 0.5, 0.5], [2.0, 1.0, -1.0]])
    assert correlation(moving, still) == pytest.approx([0, -1])
