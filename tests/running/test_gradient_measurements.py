"""Batches at frozen weights: what does not depend on chance, and the rest against sampling theory."""

import numpy as np
import pytest

from generator.running.gradient_measurements import gradient_noise
from generator.spec import Condition, call, plain

pytestmark = pytest.mark.tensorflow

CONDITION = Condition(
    model=call("generator.training.models:dense_network", features=3, hidden=4),
    optimizer=call("keras.optimizers:SGD", learning_rate=0.5),
    data=call("generator.training.datasets:planted_teacher", train=40, test=0, features=3),
    batch_size=8,
    epochs=4,
)


@pytest.fixture(scope="module")
def measured() -> dict[str, np.ndarray]:
    parameters = {"condition": plain(CONDITION), "sizes": [2, 10, 20], "draws": 3000, "checkpoints": [0, 4]}
    return gradient_noise(parameters, [9000, 9001])


def test_a_batch_of_everything_is_exact(measured: dict[str, np.ndarray]) -> None:
    assert measured["relative_error_all"].tolist() == [[0, 0], [0, 0]]
    assert measured["mean_along_all"] == pytest.approx(1, abs=1e-5)


def test_batches_follow_sampling_theory(measured: dict[str, np.ndarray]) -> None:
    trace = measured["example_variance"]
    for size in (2, 10, 20):
        assert measured[f"variance_{size}"] == pytest.approx(trace * (1 / size - 1 / 40), rel=0.1)
    assert measured["predicted_variance"][1] == pytest.approx([0.475, 0.075, 0.025])
    assert measured["batch_variance"] == pytest.approx(measured["predicted_variance"], rel=0.1)
    assert measured["variance_exponent"] == pytest.approx(1, abs=0.05)


def test_errors_are_relative_to_the_full_gradient(measured: dict[str, np.ndarray]) -> None:
    squared_length = measured["example_variance"] / measured["noise_scale"]
    expected = np.sqrt(measured["variance_10"] / squared_length)
    assert measured["relative_error_10"] == pytest.approx(expected, rel=1e-4)
    assert measured["mean_along_20"] == pytest.approx(1, abs=0.1)


def test_the_exponent_is_the_slope_of_the_logarithms(measured: dict[str, np.ndarray]) -> None:
    values = [measured[f"variance_{size}"][1, 0] for size in (2, 10, 20)]
    slope = np.polyfit(np.log([0.475, 0.075, 0.025]), np.log(values), 1)[0]
    assert measured["variance_exponent"][1, 0] == pytest.approx(slope)
