"""Roughness metrics against closed forms, the literature's numbers and plain Python loops."""

import itertools
import math
import statistics
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import GeneratorError, UnknownNameError
from generator.stats import roughness

CURVES = 4000
MEASURES = sorted(roughness.STATISTICS)

same_every_time = settings(derandomize=True, deadline=None, max_examples=30)
curves = st.lists(st.integers(-1000, 1000).map(lambda k: k / 8), min_size=4, max_size=12)


def white_noise(points: int, sd: float = 1.0, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(scale=sd, size=(CURVES, points))


def autoregressive(coefficient: float, points: int, seed: int = 0) -> np.ndarray:
    """Stationary AR(1) series of variance 1."""
    noise = white_noise(points, seed=seed)
    series = np.empty_like(noise)
    series[:, 0] = noise[:, 0]
    for t in range(1, points):
        series[:, t] = coefficient * series[:, t - 1] + math.sqrt(1 - coefficient**2) * noise[:, t]
    return series


class TestSizeOfNoiseOnATrend:
    """An exponential descent from 1 with time constant n/5, and white noise of sd 0.01 on it."""

    @pytest.mark.parametrize(
        ("name", "points", "factor"),
        [
            ("first_difference_sd", 10, 11.7),
            ("first_difference_sd", 20, 5.8),
            ("first_difference_sd", 50, 2.5),
            ("first_difference_sd", 200, 1.14),
            ("second_difference_sd", 10, 2.97),
            ("second_difference_sd", 20, 1.24),
            ("second_difference_sd", 50, 1.00),
            ("second_difference_sd", 200, 1.00),
            ("third_difference_sd", 10, 1.14),
            ("third_difference_sd", 20, 0.97),
        ],
    )
    def test_overstates_the_noise_by_the_known_factor(self, name: str, points: int, factor: float) -> None:
        descent = np.exp(-np.arange(points) / (points / 5))
        measured = roughness.statistic(name)(descent + white_noise(points, sd=0.01)) / 0.01
        assert np.mean(measured) == pytest.approx(factor, rel=0.02)

    @pytest.mark.parametrize("order", [1, 2, 3])
    def test_adds_the_differences_of_the_trend_to_the_variance_of_the_noise(self, order: int) -> None:
        name = ["first", "second", "third"][order - 1] + "_difference_sd"
        ratio, points, sd = math.exp(-1 / 4), 20, 0.01
        # The k-th difference of q^t is (q - 1)^k q^t, and its squares sum to a geometric series.
        squares = (1 - ratio) ** (2 * order) * (1 - ratio ** (2 * (points - order))) / (1 - ratio**2)
        binomial = {1: 2, 2: 6, 3: 20}[order]
        expected = sd**2 + squares / (binomial * (points - order))
        measured = roughness.statistic(name)(ratio ** np.arange(points) + white_noise(points, sd=sd))
        assert np.mean(measured**2) == pytest.approx(expected, rel=0.02)

    @pytest.mark.parametrize(("order", "name"), [(1, "first_"), (2, "second_"), (3, "third_")])
    def test_sees_no_polynomial_below_its_order(self, order: int, name: str) -> None:
        time = np.arange(12.0)
        measure = roughness.statistic(name + "difference_sd")
        assert measure(time ** (order - 1)) == 0
        # The k-th difference of t^k is k!.
        assert measure(time**order) == pytest.approx(math.factorial(order) / math.sqrt(math.comb(2 * order, order)))


@pytest.mark.parametrize(("points", "expected"), [(6, 0.50), (10, 0.36), (20, 0.24), (50, 0.14), (100, 0.10)])
def test_one_curve_tells_the_size_only_this_well(points: int, expected: float) -> None:
    measured = np.log(roughness.second_difference_sd(white_noise(points)))
    assert np.std(measured) == pytest.approx(expected, abs=0.01)
    # Delta method: squared second differences have autocorrelations (4/6)^2 and (1/6)^2.
    if points >= 50:
        assert np.std(measured) == pytest.approx(math.sqrt((1 + 2 * (16 + 1) / 36) / 2 / (points - 2)), rel=0.03)


def test_ten_points_understate_the_log_size() -> None:
    assert np.mean(np.log(roughness.second_difference_sd(white_noise(10)))) == pytest.approx(-0.12, abs=0.015)


@pytest.mark.parametrize("points", [3, 10, 20, 50, 200])
def test_the_error_of_one_curve_is_half_that_of_its_square(points: int) -> None:
    measured = float(np.std(roughness.second_difference_sd(white_noise(points)) ** 2)) / 2
    assert roughness.second_difference_sd_error(points) == pytest.approx(measured, rel=0.05)


def test_the_error_needs_a_second_difference() -> None:
    assert roughness.second_difference_sd_error(3) == pytest.approx(math.sqrt(2) / 2)
    with pytest.raises(GeneratorError, match="at least 3 points, found 2"):
        roughness.second_difference_sd_error(2)


@pytest.mark.parametrize(("name", "tolerance"), [("second_difference_sd", 0.02), ("upward_variation", 0.02)])
def test_white_noise_has_its_own_sd(name: str, tolerance: float) -> None:
    assert np.mean(roughness.statistic(name)(white_noise(100, sd=0.3))) == pytest.approx(0.3, rel=tolerance)


@pytest.mark.parametrize(("examples", "percentage_points"), [(1000, 1.6), (200, 3.5)])
def test_accuracy_of_coin_flips_fluctuates_by_the_binomial_sd(examples: int, percentage_points: float) -> None:
    accuracy = np.random.default_rng(0).binomial(examples, 0.5, size=(CURVES, 30)) / examples
    measured = math.sqrt(np.mean(roughness.second_difference_sd(accuracy) ** 2))
    assert measured == pytest.approx(math.sqrt(0.25 / examples), rel=0.02)
    assert round(100 * measured, 1) == percentage_points


class TestDifferenceGuard:
    def test_trips_where_the_trend_bends_too_much(self) -> None:
        noise = white_noise(10, sd=0.01)
        trend = np.exp(-np.arange(10) / 2)
        assert np.median(roughness.difference_guard(trend + noise)) > 2 > roughness.GUARD_RATIO
        assert np.median(roughness.difference_guard(noise)) < roughness.GUARD_RATIO == 1.25

    def test_is_the_ratio_of_the_two(self) -> None:
        # Differences of 1, 3, 2, 6, 4: second (-3, 5, -6), third (8, -11).
        expected = math.sqrt((9 + 25 + 36) / 18) / math.sqrt((64 + 121) / 40)
        assert roughness.difference_guard([1, 3, 2, 6, 4]) == pytest.approx(expected)

    def test_without_noise(self) -> None:
        straight, parabola, diverged = np.arange(6.0), np.arange(6.0) ** 2, np.array([1, 2, np.nan, 4, 5, 6])
        assert roughness.difference_guard(np.stack([straight, parabola, diverged])).tolist() == [1, np.inf, np.inf]


class TestTurningPointRate:
    def test_white_noise(self) -> None:
        rates = roughness.turning_point_rate(white_noise(50))
        assert np.mean(rates) == pytest.approx(2 / 3, rel=0.02)

    @pytest.mark.parametrize(("points", "published"), [(10, 0.15), (50, 0.06)])
    def test_varies_between_curves_as_published(self, points: int, published: float) -> None:
        spread = np.std(roughness.turning_point_rate(white_noise(points)))
        assert spread == pytest.approx(math.sqrt((16 * points - 29) / 90) / (points - 2), rel=0.03)
        assert spread == pytest.approx(published, abs=0.006)

    @pytest.mark.parametrize("coefficient", [-0.9, -0.5, 0.0, 0.5, 0.9])
    def test_autoregressive_series(self, coefficient: float) -> None:
        rates = roughness.turning_point_rate(autoregressive(coefficient, 60))
        assert np.mean(rates) == pytest.approx(math.acos(-(1 - coefficient) / 2) / math.pi, rel=0.02)

    def test_random_walk(self) -> None:
        walk = np.cumsum(white_noise(60), axis=1)
        assert np.mean(roughness.turning_point_rate(walk)) == pytest.approx(1 / 2, rel=0.02)

    def test_two_cycle_and_monotone_curves(self) -> None:
        cycle = np.resize([0.0, 1.0], 20)
        assert roughness.turning_point_rate([cycle, np.arange(20.0), -np.arange(20.0)]).tolist() == [1, 0, 0]

    def test_looks_past_plateaus(self) -> None:
        # Ups and downs of a 0/1 curve alternate, so each movement but the first is a turning point.
        flips = np.random.default_rng(0).integers(0, 2, size=(500, 30))
        moves = np.count_nonzero(np.diff(flips, axis=1), axis=1)
        assert np.array_equal(roughness.turning_point_rate(flips), np.maximum(moves - 1, 0) / 28)

    def test_rounding_is_not_movement(self) -> None:
        still = 0.7 + white_noise(50, sd=5e-8)[:20]
        assert np.all(roughness.turning_point_rate(still) == 0)
        assert np.mean(roughness.turning_point_rate(still, tolerance=0.0)) > 0.6
        descent = -np.arange(50.0) + still
        assert np.all(roughness.turning_point_rate(descent) == 0)

    def test_a_step_of_the_tolerance_is_none(self) -> None:
        assert roughness.turning_point_rate([0.0, 0.25, 0.0], tolerance=0.25) == 0
        assert roughness.turning_point_rate([0.0, 0.25, 0.0], tolerance=0.24) == 1


class TestResidualAutocorrelation:
    @pytest.mark.parametrize("coefficient", [-0.5, 0.0, 0.5])
    @pytest.mark.parametrize("points", [30, 100])
    def test_autoregressive_series_with_the_stated_bias(self, coefficient: float, points: int) -> None:
        trend = 3 - 0.2 * np.arange(points)
        measured = np.mean(roughness.residual_autocorrelation(trend + autoregressive(coefficient, points)))
        assert measured == pytest.approx(coefficient - (2 + 5 * coefficient) / points, abs=0.012)

    def test_two_cycle_overshoots(self) -> None:
        cycle = np.resize([-1.0, 1.0], 200)
        assert roughness.residual_autocorrelation(cycle) == pytest.approx(-1, abs=0.01)

    def test_a_curve_on_its_line_has_none(self) -> None:
        flat = np.full(31, 0.1)
        assert roughness.residual_autocorrelation([flat, 0.1 * np.arange(31)]).tolist() == [0, 0]
        assert np.all(roughness.residual_autocorrelation(0.7 + white_noise(50, sd=5e-8)[:20]) == 0)


class TestBetweenReplicateSd:
    def test_is_the_sample_sd_at_each_point(self) -> None:
        values = white_noise(3)[:7]
        expected = [statistics.stdev(column) for column in values.T.tolist()]
        assert roughness.between_replicate_sd(values) == pytest.approx(expected)

    def test_is_infinite_where_a_replicate_is_not_finite(self) -> None:
        measured = roughness.between_replicate_sd([[0, 1, np.nan], [2, np.inf, 1]])
        assert measured.tolist() == [math.sqrt(2), np.inf, np.inf]

    @pytest.mark.parametrize("curve", [[1.0, 2.0, 3.0], [[1.0, 2.0, 3.0]]])
    def test_needs_two_replicates(self, curve: list[float]) -> None:
        with pytest.raises(GeneratorError, match="expected at least 2 replicates, found shape"):
            roughness.between_replicate_sd(curve)


class TestSamplingShare:
    EXAMPLES, BATCH = 240, 12

    def step_loss(self, losses: np.ndarray, epochs: int, seed: int) -> np.ndarray:
        """True batch losses at frozen weights, each epoch a new partition."""
        rng = np.random.default_rng(seed)
        orders = np.stack([rng.permutation(self.EXAMPLES) for _ in range(epochs)])
        batches = losses[orders].reshape(epochs * self.EXAMPLES // self.BATCH, self.BATCH)
        return np.asarray(batches.mean(axis=1))

    def losses(self) -> np.ndarray:
        return np.random.default_rng(3).exponential(size=self.EXAMPLES)

    def test_is_1_at_frozen_weights(self) -> None:
        steps = self.step_loss(self.losses(), epochs=1000, seed=0)
        assert roughness.sampling_share(steps, self.losses(), self.BATCH) == pytest.approx(1, rel=0.03)

    def test_is_1_for_independent_batches(self) -> None:
        batches = np.random.default_rng(1).choice(self.losses(), size=(20000, self.BATCH))
        assert roughness.sampling_share(batches.mean(axis=1), self.losses(), self.BATCH) == pytest.approx(1, rel=0.03)

    def test_falls_with_movement_of_the_weights(self) -> None:
        steps = self.step_loss(self.losses(), epochs=1000, seed=0)
        sampled = statistics.variance(self.losses().tolist()) / self.BATCH
        moving = steps + np.random.default_rng(2).normal(scale=math.sqrt(3 * sampled), size=steps.shape)
        assert roughness.sampling_share(moving, self.losses(), self.BATCH) == pytest.approx(1 / 4, rel=0.05)

    def test_of_many_replicates_at_once(self) -> None:
        steps = np.stack([self.step_loss(self.losses(), 5, seed) for seed in range(3)])
        losses = np.stack([self.losses() * (1 + seed) for seed in range(3)])
        single = [roughness.sampling_share(s, x, self.BATCH) for s, x in zip(steps, losses, strict=True)]
        assert np.array_equal(roughness.sampling_share(steps, losses, self.BATCH), single)

    def test_at_the_ends(self) -> None:
        steps = np.array([1.0, 3.0, 2.0, 5.0])
        assert roughness.sampling_share(steps, [1.0, 2.0, 3.0], 3) == 0
        assert roughness.sampling_share(steps, [2.0, 2.0, 2.0], 1) == 0
        assert roughness.sampling_share(np.ones(5), [2.0, 2.0, 2.0], 1) == 0
        assert roughness.sampling_share(np.ones(5), [1.0, 2.0, 3.0], 1) == math.inf

    def test_needs_a_batch(self) -> None:
        with pytest.raises(GeneratorError, match="expected a batch size of at least 1, found 0"):
            roughness.sampling_share([1, 2, 3], [1, 2, 3], 0)


def loop_difference_sd(curve: Sequence[float], weights: Sequence[int]) -> float:
    total, count = 0.0, 0
    for t in range(len(curve) - len(weights) + 1):
        total += sum(w * y for w, y in zip(weights, curve[t:], strict=False)) ** 2
        count += 1
    return math.sqrt(total / (count * sum(w * w for w in weights)))


def loop_upward_variation(curve: Sequence[float]) -> float:
    rise = 0.0
    for before, after in itertools.pairwise(curve):
        if after > before:
            rise += after - before
    return math.sqrt(math.pi) * rise / (len(curve) - 1)


def loop_turning_point_rate(curve: Sequence[float]) -> float:
    direction, turns = 0, 0
    for before, after in itertools.pairwise(curve):
        if abs(after - before) > 1e-6:
            new = 1 if after > before else -1
            turns += new == -direction
            direction = new
    return turns / (len(curve) - 2)


def loop_max_draw_up(curve: Sequence[float]) -> float:
    return max(later - earlier for i, earlier in enumerate(curve) for later in curve[i:])


def loop_max_draw_down(curve: Sequence[float]) -> float:
    return max(earlier - later for i, earlier in enumerate(curve) for later in curve[i:])


def loop_residual_autocorrelation(curve: Sequence[float]) -> float:
    line = np.polynomial.Polynomial.fit(range(len(curve)), curve, deg=1)
    residuals = [y - float(line(t)) for t, y in enumerate(curve)]
    if max(map(abs, residuals)) <= 1e-6:
        return 0.0
    lagged = sum(a * b for a, b in itertools.pairwise(residuals))
    return lagged / sum(r * r for r in residuals)


LOOPS: dict[str, Callable[[Sequence[float]], float]] = {
    "first_difference_sd": lambda curve: loop_difference_sd(curve, (-1, 1)),
    "second_difference_sd": lambda curve: loop_difference_sd(curve, (1, -2, 1)),
    "third_difference_sd": lambda curve: loop_difference_sd(curve, (-1, 3, -3, 1)),
    "upward_variation": loop_upward_variation,
    "turning_point_rate": loop_turning_point_rate,
    "max_draw_up": loop_max_draw_up,
    "max_draw_down": loop_max_draw_down,
    "residual_autocorrelation": loop_residual_autocorrelation,
    "level": statistics.fmean,
    "last": lambda curve: curve[-1],
    "net_descent": lambda curve: curve[0] - curve[-1],
    "minimum": min,
    "points": lambda curve: float(len(curve)),
}


@pytest.mark.parametrize("name", sorted(LOOPS))
@same_every_time
@given(curve=curves)
def test_equals_a_plain_loop(name: str, curve: list[float]) -> None:
    assert roughness.statistic(name)(curve) == pytest.approx(LOOPS[name](curve), rel=1e-9, abs=1e-9)


SHIFTED_WITH_THE_CURVE = {"level", "last", "minimum"}
SCALE_FREE = {"turning_point_rate", "residual_autocorrelation", "difference_guard", "points"}
SAME_BACKWARDS = {
    *SCALE_FREE,
    "first_difference_sd",
    "second_difference_sd",
    "third_difference_sd",
    "level",
    "minimum",
}


@same_every_time
@given(curve=curves, shift=st.integers(-100, 100), factor=st.sampled_from([2.0, 4.0, 1024.0]))
def test_each_follows_shift_and_scale(curve: list[float], shift: int, factor: float) -> None:
    values = np.array(curve)
    for name, measure in roughness.STATISTICS.items():
        moved = shift if name in SHIFTED_WITH_THE_CURVE else 0.0
        assert measure(values + shift) == pytest.approx(measure(values) + moved, rel=1e-9, abs=1e-9), name
        scaled = 1.0 if name in SCALE_FREE else factor
        assert measure(values * factor) == pytest.approx(measure(values) * scaled, rel=1e-9, abs=1e-9), name


@same_every_time
@given(curve=curves)
def test_some_are_the_same_backwards(curve: list[float]) -> None:
    for name in SAME_BACKWARDS:
        measure = roughness.statistic(name)
        assert measure(curve[::-1]) == pytest.approx(measure(curve), rel=1e-9, abs=1e-9), name


@same_every_time
@given(curve=curves)
def test_rises_and_falls_differ_by_the_net_descent(curve: list[float]) -> None:
    rise, fall = roughness.upward_variation([curve, [-y for y in curve]])
    descent = math.sqrt(math.pi) * roughness.net_descent(curve) / (len(curve) - 1)
    assert fall - rise == pytest.approx(descent, abs=1e-9)


@same_every_time
@given(curve=curves)
def test_a_monotone_curve_never_rises(curve: list[float]) -> None:
    descending = sorted(curve, reverse=True)
    for name in ("upward_variation", "max_draw_up", "turning_point_rate"):
        assert roughness.statistic(name)(descending) == 0


class TestEveryStatistic:
    def test_the_list_names_each_function(self) -> None:
        assert {name: getattr(roughness, name) for name in MEASURES} == dict(roughness.STATISTICS)
        assert set(LOOPS) | {"difference_guard"} == set(MEASURES)

    def test_an_unknown_name_gets_a_hint(self) -> None:
        with pytest.raises(UnknownNameError, match=r"^unknown statistic 'last_'; did you mean 'last'"):
            roughness.statistic("last_")

    @pytest.mark.parametrize("name", MEASURES)
    def test_gives_one_number_per_curve_whatever_the_layout(self, name: str) -> None:
        stack = white_noise(50)[:24].reshape(2, 3, 4, 50)
        measured = roughness.statistic(name)(stack)
        single = [roughness.statistic(name)(curve) for curve in stack.reshape(24, 50)]
        assert measured.shape == (2, 3, 4)
        assert measured.dtype == np.float64
        assert np.array_equal(measured.ravel(), single)
        assert np.array_equal(roughness.statistic(name)(np.asfortranarray(stack)), measured)

    @pytest.mark.parametrize("name", MEASURES)
    def test_computes_float32_curves_in_float64(self, name: str) -> None:
        curve = white_noise(50)[0].astype(np.float32)
        measured = roughness.statistic(name)(curve)
        assert measured == roughness.statistic(name)(curve.astype(np.float64))

    @pytest.mark.parametrize("name", MEASURES)
    @pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
    @pytest.mark.parametrize("position", [0, 2, 5])
    def test_ranks_a_diverged_run_worst(self, name: str, bad: float, position: int) -> None:
        good, diverged = white_noise(6)[:2]
        expected = roughness.statistic(name)(good)
        diverged[position] = bad
        measured = roughness.statistic(name)([good, diverged])
        assert measured.tolist() == [expected, -np.inf if name == "net_descent" else np.inf]

    @pytest.mark.parametrize("name", sorted(set(MEASURES) - {"last", "minimum", "turning_point_rate", "points"}))
    def test_an_overflow_counts_as_diverged(self, name: str) -> None:
        assert np.isinf(roughness.statistic(name)([1.7e308, 1e308, -1.7e308, 1.7e308, 1.6e308, -1.6e308]))

    @pytest.mark.parametrize(
        ("name", "needed"),
        [
            ("first_difference_sd", 2),
            ("second_difference_sd", 3),
            ("third_difference_sd", 4),
            ("difference_guard", 4),
            ("upward_variation", 2),
            ("turning_point_rate", 3),
            ("max_draw_up", 2),
            ("max_draw_down", 2),
            ("residual_autocorrelation", 4),
            ("level", 1),
            ("last", 1),
            ("net_descent", 2),
            ("minimum", 1),
        ],
    )
    def test_refuses_a_curve_that_is_too_short(self, name: str, needed: int) -> None:
        assert np.isfinite(roughness.statistic(name)(np.arange(needed)))
        message = f"{name}: expected a curve of at least {needed} points, found {needed - 1}"
        with pytest.raises(GeneratorError, match=f"^{message}$"):
            roughness.statistic(name)(np.zeros((5, needed - 1)))
