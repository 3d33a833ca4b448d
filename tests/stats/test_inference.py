"""Estimates and intervals against SciPy, enumeration, simulation and textbook tables."""

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.errors import GeneratorError
from generator.stats import inference

INF = math.inf

same_every_time = settings(derandomize=True, deadline=None, max_examples=40)
whole_numbers = st.lists(st.integers(-6, 6), min_size=1, max_size=9)
with_infinities = st.lists(st.one_of(st.integers(-6, 6), st.sampled_from([-INF, INF])), min_size=1, max_size=9)


class TestPairedEffects:
    @pytest.mark.parametrize(
        ("scale", "larger", "smaller", "effect"),
        [
            ("log-ratio", 8, 2, math.log(4)),
            ("log-ratio", 2, 8, -math.log(4)),
            ("log-ratio", 3, 3, 0),
            ("log-ratio", 0, 3, -INF),
            ("log-ratio", 3, 0, INF),
            ("log-ratio", 0, 0, 0),
            ("log-ratio", INF, 3, INF),
            ("log-ratio", 3, INF, -INF),
            ("log-ratio", INF, INF, 0),
            ("log-ratio", INF, 0, INF),
            ("log-ratio", 0, INF, -INF),
            ("difference", 8, 2, 6),
            ("difference", -2, 8, -10),
            ("difference", 0, 0, 0),
            ("difference", INF, 3, INF),
            ("difference", 3, INF, -INF),
            ("difference", INF, INF, 0),
            ("difference", -INF, -INF, 0),
            ("difference", -INF, 3, -INF),
            ("difference", INF, -INF, INF),
        ],
    )
    def test_of_one_pair(self, scale: str, larger: float, smaller: float, effect: float) -> None:
        assert inference.paired_effects([larger], [smaller], scale).tolist() == pytest.approx([effect])

    def test_of_many_pairs_keeps_their_order(self) -> None:
        effects = inference.paired_effects([1, 4, 0, 2.5], [1, 2, 1, 5], "log-ratio")
        assert effects.dtype == np.float64
        assert effects.tolist() == pytest.approx([0, math.log(2), -INF, -math.log(2)])

    @pytest.mark.parametrize(
        ("larger", "smaller", "scale", "message"),
        [
            ([1, np.nan, np.nan], [1, 2, 3], "difference", "expected a number per replicate, found 2 NaN of 3"),
            ([1, 2], [1, np.nan], "log-ratio", "expected a number per replicate, found 1 NaN of 2"),
            ([1, 2], [1], "difference", "expected as many values on both sides, found 2 and 1"),
            ([1, 2], [1, -0.5], "log-ratio", "expected no value below 0 for a log ratio, found -0.5"),
            ([1], [1], "ratio", "expected a scale of 'log-ratio' or 'difference', found 'ratio'"),
            ([], [], "difference", r"expected one number per replicate, at least one, found shape \(0,\)"),
            ([[1]], [[1]], "difference", r"expected one number per replicate, at least one, found shape \(1, 1\)"),
        ],
    )
    def test_refuses(self, larger: Sequence[float], smaller: Sequence[float], scale: str, message: str) -> None:
        with pytest.raises(GeneratorError, match=f"^{message}$"):
            inference.paired_effects(larger, smaller, scale)


class TestSignedRankDistribution:
    @pytest.mark.parametrize("n", range(1, 13))
    def test_equals_the_enumeration_of_all_signs(self, n: int) -> None:
        signs = np.array(list(itertools.product([0, 1], repeat=n)))
        sums = signs @ np.arange(1, n + 1)
        expected = np.bincount(sums, minlength=n * (n + 1) // 2 + 1) / 2**n
        assert np.array_equal(inference.signed_rank_distribution(n), expected)

    @pytest.mark.parametrize("n", [64, 200])
    def test_has_the_known_moments(self, n: int) -> None:
        probabilities = inference.signed_rank_distribution(n)
        sums = np.arange(probabilities.size)
        mean = n * (n + 1) / 4
        assert probabilities.sum() == pytest.approx(1, rel=1e-12)
        assert probabilities @ sums == pytest.approx(mean, rel=1e-12)
        assert probabilities @ (sums - mean) ** 2 == pytest.approx(n * (n + 1) * (2 * n + 1) / 24, rel=1e-12)

    def test_cannot_be_altered(self) -> None:
        with pytest.raises(ValueError, match="read-only"):
            inference.signed_rank_distribution(5)[0] = 1

    def test_needs_a_pair(self) -> None:
        with pytest.raises(GeneratorError, match="expected at least 1 pair, found 0"):
            inference.signed_rank_distribution(0)


class TestSignedRankCritical:
    @pytest.mark.parametrize(
        ("n", "level", "critical"),
        # One more than the tabled largest significant sums: 0 for 6 pairs, 8 for 10, 52 for 20, 137 for 30, 434 for 50.
        [(5, 0.95, 0), (6, 0.95, 1), (10, 0.95, 9), (20, 0.95, 53), (30, 0.95, 138), (50, 0.95, 435), (20, 0.99, 38)],
    )
    def test_equals_the_tables(self, n: int, level: float, critical: int) -> None:
        assert inference.signed_rank_critical(n, level) == critical

    @pytest.mark.parametrize("n", [3, 8, 24, 30])
    @pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 1 - 0.05 / 30, 1 - 0.1 / 30])
    def test_is_the_last_rank_that_keeps_the_level(self, n: int, level: float) -> None:
        counts = [1]
        for rank in range(1, n + 1):
            longer = [*counts, *[0] * rank]
            counts = [a + b for a, b in zip(longer, [0] * rank + counts, strict=True)]
        critical = inference.signed_rank_critical(n, level)
        half = Fraction(1 - level) / 2 * 2**n
        assert sum(counts[:critical]) <= half < sum(counts[: critical + 1])

    @pytest.mark.parametrize("level", [0, 1, 1.5, -0.1])
    def test_refuses_what_is_no_level(self, level: float) -> None:
        with pytest.raises(GeneratorError, match=f"expected a confidence level between 0 and 1, found {level}"):
            inference.signed_rank_critical(10, level)


def plain_hodges_lehmann(differences: Sequence[float], level: float) -> tuple[float, float, float]:
    """By the definition: all pairs in loops, infinities as numbers larger than any sum."""
    huge = 1e9
    values = [max(-huge, min(huge, d)) for d in differences]
    walsh = sorted((a + b) / 2 for i, a in enumerate(values) for b in values[i:])
    counts = np.bincount(np.array(list(itertools.product([0, 1], repeat=len(values)))) @ np.arange(1, len(values) + 1))
    critical = sum(1 for w in range(len(counts)) if sum(counts[: w + 1]) <= (1 - level) / 2 * 2 ** len(values))
    limits = (walsh[critical - 1], walsh[-critical]) if critical else (-huge, huge)
    finite = [x if abs(x) < huge / 8 else math.copysign(INF, x) for x in (float(np.median(walsh)), *limits)]
    return finite[0], finite[1], finite[2]


class TestHodgesLehmann:
    @same_every_time
    @given(differences=with_infinities, level=st.sampled_from([0.5, 0.8, 0.95]))
    def test_equals_the_definition(self, differences: list[float], level: float) -> None:
        interval = inference.hodges_lehmann(differences, level)
        assert (interval.estimate, interval.lower, interval.upper) == plain_hodges_lehmann(differences, level)

    @pytest.mark.parametrize("n", [12, 25, 40])
    def test_is_the_inversion_of_scipys_test(self, n: int) -> None:
        differences = np.random.default_rng(n).normal(0.3, size=n)
        interval = inference.hodges_lehmann(differences, 0.95)
        for limit, outside in ((interval.lower, -1e-9), (interval.upper, 1e-9)):
            kept = scipy.stats.wilcoxon(differences - (limit - outside), method="exact").pvalue
            left_out = scipy.stats.wilcoxon(differences - (limit + outside), method="exact").pvalue
            assert left_out <= 0.05 < kept

    def test_of_too_few_pairs_is_unbounded(self) -> None:
        interval = inference.hodges_lehmann([1.0, 2.0, 3.0, 4.0, 5.0], 0.95)
        assert interval == inference.Interval(estimate=3.0, lower=-INF, upper=INF)

    def test_is_infinite_only_where_infinities_reach(self) -> None:
        few = inference.hodges_lehmann([INF, *range(1, 20)], 0.95)
        assert few == inference.hodges_lehmann([1000, *range(1, 20)], 0.95)
        assert few.upper < 20
        all_won = inference.hodges_lehmann([INF] * 12, 0.95)
        assert (all_won.lower, all_won.estimate, all_won.upper) == (INF, INF, INF)

    @same_every_time
    @given(differences=with_infinities)
    def test_changes_sign_with_the_differences(self, differences: list[float]) -> None:
        interval = inference.hodges_lehmann(differences, 0.8)
        mirrored = inference.hodges_lehmann([-d for d in differences], 0.8)
        assert (mirrored.lower, mirrored.estimate, mirrored.upper) == (
            -interval.upper,
            -interval.estimate,
            -interval.lower,
        )

    @pytest.mark.parametrize("n", [8, 13, 20, 30])
    @pytest.mark.parametrize(
        ("shape", "pseudomedian"),
        # The mean of two exponentials is a gamma variable: at its median m, (1 + 2 m) exp(-2 m) = 1/2.
        [("normal", 0.0), ("exponential", 0.8391734950083306), ("t3", 0.0)],
    )
    def test_covers_the_pseudomedian_as_often_as_it_says(self, n: int, shape: str, pseudomedian: float) -> None:
        rng, repetitions = np.random.default_rng(n), 1500
        samples = {
            "normal": lambda: rng.normal(size=(repetitions, n)),
            "exponential": lambda: rng.exponential(size=(repetitions, n)),
            "t3": lambda: rng.standard_t(3, size=(repetitions, n)),
        }[shape]()
        intervals = [inference.hodges_lehmann(sample, 0.95) for sample in samples]
        covered = np.mean([interval.lower <= pseudomedian <= interval.upper for interval in intervals])
        error = math.sqrt(0.95 * 0.05 / repetitions)
        assert 0.940 - 2.5 * error < covered < 0.967 + 2.5 * error
        if shape != "exponential":
            exact = 1 - 2 * inference.signed_rank_distribution(n)[: inference.signed_rank_critical(n, 0.95)].sum()
            assert covered == pytest.approx(exact, abs=3.5 * error)

    def test_refuses_nan(self) -> None:
        with pytest.raises(GeneratorError, match="found 1 NaN of 2"):
            inference.hodges_lehmann([1.0, math.nan], 0.95)


class TestSignedRankPValue:
    @pytest.mark.parametrize("n", [*range(3, 12), 24, 50])
    @pytest.mark.parametrize("shift", [0.0, 0.4])
    def test_equals_scipy_without_ties(self, n: int, shift: float) -> None:
        differences = np.random.default_rng(n).normal(shift, size=n)
        expected = scipy.stats.wilcoxon(differences, method="exact").pvalue
        assert inference.signed_rank_p_value(differences) == pytest.approx(expected, rel=1e-10)

    @pytest.mark.parametrize("n", [5, 8, 10, 12])
    def test_is_smallest_where_all_agree(self, n: int) -> None:
        assert inference.signed_rank_p_value(np.arange(1, n + 1)) == 2.0 ** (1 - n)
        assert inference.signed_rank_p_value([-INF] * n) == 2.0 ** (1 - n)

    @same_every_time
    @given(differences=with_infinities, level=st.sampled_from([0.5, 0.8, 0.95]))
    def test_agrees_with_the_interval(self, differences: list[float], level: float) -> None:
        interval = inference.hodges_lehmann(differences, level)
        excluded = interval.lower > 0 or interval.upper < 0
        assert excluded == (inference.signed_rank_p_value(differences) <= 1 - level)

    @same_every_time
    @given(differences=whole_numbers)
    def test_counts_ties_against_an_effect(self, differences: list[int]) -> None:
        magnitudes = scipy.stats.rankdata(np.abs(differences))
        positive = float(sum(rank for rank, d in zip(magnitudes, differences, strict=True) if d > 0))
        negative = float(sum(rank for rank, d in zip(magnitudes, differences, strict=True) if d < 0))
        least = min(positive, negative, positive + negative)
        counts = np.bincount(
            np.array(list(itertools.product([0, 1], repeat=len(differences)))) @ np.arange(1, len(differences) + 1)
        )
        with_midranks = min(1.0, 2 * counts[: math.floor(least) + 1].sum() / 2 ** len(differences))
        assert inference.signed_rank_p_value(differences) >= with_midranks

    def test_of_nothing_but_zeros_is_1(self) -> None:
        assert inference.signed_rank_p_value([0.0] * 9) == 1

    def test_with_one_zero(self) -> None:
        # 1 to 6 and a zero: one Walsh average is 0, and 2 of the 2^7 sums are at most 1.
        assert inference.signed_rank_p_value([0, 1, 2, 3, 4, 5, 6]) == 2 * 2 / 2**7


class TestEstimateEffect:
    def test_gathers_the_intervals(self) -> None:
        differences = np.random.default_rng(5).normal(0.4, size=64)
        differences[:2] = -INF
        effect = inference.estimate_effect(differences, family_size=30)
        whole = inference.hodges_lehmann(differences, 1 - 0.05 / 30)
        narrow = inference.hodges_lehmann(differences, 1 - 0.10 / 30)
        single = inference.hodges_lehmann(differences, 0.95)
        assert (effect.lower, effect.estimate, effect.upper) == (whole.lower, whole.estimate, whole.upper)
        assert (effect.lower_90, effect.upper_90) == (narrow.lower, narrow.upper)
        assert (effect.lower_single, effect.upper_single) == (single.lower, single.upper)
        assert effect.lower < effect.lower_90 < effect.lower_single < effect.estimate
        assert effect.p == inference.signed_rank_p_value(differences)
        assert (effect.n, effect.wins, effect.infinite) == (64, int(np.sum(differences > 0)), 2)

    def test_a_family_of_one_needs_no_correction(self) -> None:
        effect = inference.estimate_effect(np.arange(-3.0, 17.0), family_size=1)
        assert (effect.lower, effect.upper) == (effect.lower_single, effect.upper_single)
        assert effect.lower < effect.lower_90

    def test_ties_are_no_wins(self) -> None:
        assert inference.estimate_effect([0.0, 0.0, 1.0, INF, -1.0], 1).wins == 2

    def test_a_family_has_members(self) -> None:
        with pytest.raises(GeneratorError, match="expected a family of at least 1 comparison, found 0"):
            inference.estimate_effect([1.0], 0)

    @pytest.mark.parametrize(
        "limits",
        [
            {"lower": 0.5},
            {"lower_90": 1.5},
            {"upper_90": 0.5},
            {"upper": 1.5},
            {"lower_single": -1.5},
            {"upper_single": 3.5},
            {"estimate": math.nan},
        ],
    )
    def test_limits_are_in_order(self, limits: dict[str, float]) -> None:
        fitting: dict[str, float] = {"lower": -1, "lower_90": 0, "lower_single": 0, "estimate": 1}
        fitting |= {"upper_single": 2, "upper_90": 2, "upper": 3, "p": 0.5}
        inference.Estimate(**fitting, n=10, wins=5, infinite=0)
        with pytest.raises(GeneratorError, match="expected the"):
            inference.Estimate(**{**fitting, **limits}, n=10, wins=5, infinite=0)

    def test_an_interval_holds_its_estimate(self) -> None:
        with pytest.raises(GeneratorError, match="expected lower <= estimate <= upper"):
            inference.Interval(estimate=2, lower=0, upper=1)


class TestHolm:
    def test_by_hand(self) -> None:
        # Sorted: .005 x 4 = .02; .01 x 3 = .03; .03 x 2 = .06; .04 x 1 = .04, raised to .06.
        assert inference.holm([0.01, 0.04, 0.03, 0.005], 4) == pytest.approx((0.03, 0.06, 0.06, 0.02))

    def test_untested_members_count_as_1(self) -> None:
        tested = [0.001, 0.0004, 0.2]
        padded = inference.holm([*tested, *[1.0] * 27], 30)
        assert inference.holm(tested, 30) == padded[:3] == pytest.approx((0.029, 0.012, 1.0))
        assert padded[3:] == (1.0,) * 27

    def test_nothing_tested(self) -> None:
        assert inference.holm([], 30) == ()

    @same_every_time
    @given(p_values=st.lists(st.floats(0, 1), min_size=1, max_size=8))
    def test_rejects_step_by_step(self, p_values: list[float]) -> None:
        """Holm's own procedure: walk up the sorted p-values until one misses its share of the level."""
        adjusted = inference.holm(p_values, 10)
        for level in (0.013, 0.057, 0.31):
            rejected = set()
            for rank, position in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
                if (10 - rank) * p_values[position] > level:
                    break
                rejected.add(position)
            assert {i for i, p in enumerate(adjusted) if p <= level} == rejected

    @pytest.mark.parametrize(
        ("p_values", "message"),
        [
            ([0.1, 0.2, 0.3], "expected at most 2 p-values for the family, found 3"),
            ([1.1], r"expected p-values between 0 and 1, found \[1.1\]"),
            ([math.nan], r"expected p-values between 0 and 1, found \[nan\]"),
        ],
    )
    def test_refuses(self, p_values: list[float], message: str) -> None:
        with pytest.raises(GeneratorError, match=message):
            inference.holm(p_values, 2)


class TestWilsonInterval:
    @pytest.mark.parametrize(("successes", "trials"), [(0, 64), (1, 64), (30, 64), (64, 64), (3, 7), (0, 1)])
    @pytest.mark.parametrize("level", [0.9, 0.95])
    def test_equals_that_of_scipy(self, successes: int, trials: int, level: float) -> None:
        found = inference.wilson_interval(successes, trials, level)
        expected = scipy.stats.binomtest(successes, trials).proportion_ci(level, method="wilson")
        assert found.estimate == successes / trials
        assert (found.lower, found.upper) == pytest.approx((expected.low, expected.high), abs=1e-12)

    @pytest.mark.parametrize(("successes", "trials"), [(2, 1), (-1, 3), (0, 0)])
    def test_refuses_what_is_no_share(self, successes: int, trials: int) -> None:
        with pytest.raises(GeneratorError, match=f"found {successes} of {trials}"):
            inference.wilson_interval(successes, trials)
