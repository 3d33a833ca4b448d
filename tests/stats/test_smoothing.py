"""The moving average against its definition: a weighted mean written out, and curves whose average is known."""

import numpy as np
import pytest

from generator.errors import GeneratorError
from generator.stats.smoothing import moving_average


@pytest.mark.parametrize("smoothing", [0.0, 0.6, 0.98])
def test_each_point_is_the_weighted_mean_of_all_before(smoothing: float) -> None:
    curves = np.random.default_rng(3).lognormal(size=(4, 60))
    weights = [[smoothing ** (point - other) for other in range(point + 1)] for point in range(60)]
    expected = [
        [np.average(curve[: len(w)], weights=w) for w in weights]  # weights sum to what corrects for the start
        for curve in curves
    ]
    np.testing.assert_allclose(moving_average(curves, smoothing), expected, rtol=1e-12)


def test_without_smoothing_it_is_the_curve_and_a_level_stays() -> None:
    curve = np.random.default_rng(4).normal(size=20)
    np.testing.assert_array_equal(moving_average(curve, 0.0), curve)
    np.testing.assert_allclose(moving_average(np.full((2, 30), 0.3), 0.95), 0.3, rtol=1e-12)


def test_a_straight_line_lags_by_the_weight_over_what_it_lacks_of_one() -> None:
    """In the long run the average of a line is the line, so many points ago: s / (1 - s)."""
    assert moving_average(np.arange(2000.0), 0.9)[-1] == pytest.approx(1999 - 0.9 / 0.1, abs=1e-9)


def test_white_noise_keeps_the_share_that_theory_says() -> None:
    """Its variance shrinks by (1 - s) / (1 + s)."""
    noise = np.random.default_rng(5).normal(size=(50, 4000))
    assert moving_average(noise, 0.8)[:, 100:].var() == pytest.approx(0.2 / 1.8, rel=0.02)


def test_a_curve_that_left_the_finite_numbers_does_not_come_back() -> None:
    smoothed = moving_average([[1.0, np.inf, 1.0], [1.0, 1.0, 1.0]], 0.6)
    assert not np.isfinite(smoothed[0, 1:]).any()
    np.testing.assert_allclose(smoothed[1], 1.0)


@pytest.mark.parametrize("smoothing", [-0.1, 1.0, float("nan")])
def test_a_smoothing_that_is_none_is_refused(smoothing: float) -> None:
    with pytest.raises(GeneratorError, match="a smoothing of at least 0 and below 1"):
        moving_average([1.0], smoothing)
