"""Plateaus of linear networks and alternating movement, against theory (Saxe et al. 2014)."""

import numpy as np
import pytest

from generator.running.saddle_measurements import _still, saddle, swing
from generator.spec import Condition, call, plain


def test_movement_that_alternates_drifts_or_knows_nothing() -> None:
    back_and_forth = np.tile([[1.0, 2.0], [-1.0, -2.0]], (10, 1))
    straight_on = np.tile([[1.0, 2.0]], (20, 1))
    found = swing(np.stack([back_and_forth, straight_on]))
    assert found.tolist() == [1, 0]
    independent = np.random.default_rng(1).normal(size=(1, 200_000, 1))
    assert swing(independent) == pytest.approx([0.5], abs=0.005)


@pytest.mark.parametrize("contraction", [0.2, 1.0, 1.8])
def test_noisy_descent_alternates_with_its_contraction(contraction: float) -> None:
    """Moves of an AR(1) weight have the lag-1 correlation -c / 2, so (1 + c / 2) / 2 of them alternates."""
    noise, weights = np.random.default_rng(2).normal(size=100_000), [0.0]
    for shock in noise:
        weights.append((1 - contraction) * weights[-1] + shock)
    moves = np.diff(weights)[1000:, None][None]
    assert swing(moves) == pytest.approx([(1 + contraction / 2) / 2], abs=0.01)


def test_an_epoch_stands_still_while_most_is_yet_to_come() -> None:
    """Of these falls the second is small, the first large, and the last small but nearly at the end."""
    loss = np.array([[10.0, 8.0, 7.99, 2.0, 1.999]])
    assert _still(loss).tolist() == [1]


@pytest.mark.tensorflow
def test_the_plateau_of_a_linear_network_is_a_saddle() -> None:
    """Near zero weights W2 W1, the curvature is plus and minus the strongest covariance; at the end, none is minus."""
    condition = Condition(
        model=call(
            "generator.training.models:regression_network",
            features=3,
            hidden=3,
            layers=1,
            outputs=3,
            spread=0.01,
            bias=False,
        ),
        optimizer=call("keras.optimizers:SGD", learning_rate=0.1),
        data=call("generator.training.datasets:linear_teacher", strengths=(3.0,), train=64, features=3),
        loss="mean_squared_error",
        batch_size=64,
        epochs=120,
    )
    found = saddle({"condition": plain(condition), "steps": 8}, [9000, 9001])
    assert found["plateau_negative_curvature"] == pytest.approx(1, abs=0.05)
    assert found["end_negative_curvature"] == pytest.approx(0, abs=0.02)
    # Mean squares over 3 outputs: the Hessian's largest eigenvalue is 2/3 of the covariance, about 3.
    assert found["plateau_step_curvature"] == pytest.approx(0.1 * 2 / 3 * 3, rel=0.4)
    assert np.all(found["plateau_gradient_norm"] < 0.1 * found["gradient_norm"].max(axis=1, keepdims=True))
    assert np.all(found["still_epochs"] > 5)
    assert np.all(found["plateau_swing_anywhere"] < 0.1)
    assert np.all(np.diff(found["train_error"]) < 1e-5)
