"""Paths at equal steps, from the initial curvature on."""

import numpy as np
import pytest

from generator.running.landscape_measurements import _detour, descent_at_equal_steps
from generator.spec import Condition, call, plain

pytestmark = pytest.mark.tensorflow


def test_a_detour_compares_the_way_with_the_distance() -> None:
    """Three east and four north are seven steps to a place five away; back west again, nine to one four away."""
    begin = np.zeros((1, 2))
    epochs = [(np.array([[3.0, 4.0]]), np.array([7.0])), (np.array([[0.0, 4.0]]), np.array([3.0]))]
    assert _detour(begin, epochs) == pytest.approx(np.array([[7 / 5, 10 / 4]]))


def test_a_quadratic_shrinks_by_the_same_share_whatever_its_curvature() -> None:
    """Whole batches on one weight: at step 1/2 the distance halves each time, so the excess loss is a quarter."""
    condition = Condition(
        model=call(
            "generator.training.models:regression_network", features=1, hidden=1, layers=0, outputs=1, bias=False
        ),
        optimizer=call("keras.optimizers:SGD", learning_rate=1.0),
        data=call("generator.training.datasets:linear_teacher", strengths=(2.0,), train=20, features=1),
        loss="mean_squared_error",
        batch_size=20,
        epochs=6,
    )
    found = descent_at_equal_steps({"condition": plain(condition), "rate_times_curvature": 0.5}, [9000, 9001, 9002])
    assert found["train_loss"][:, 1:] / found["train_loss"][:, :-1] == pytest.approx(0.25, rel=1e-3)
    assert found["detour"] == pytest.approx(1, rel=1e-4)
    assert found["distance_of_ends"].shape == (3, 1)
    assert np.all(found["distance_of_ends"] > 0)
