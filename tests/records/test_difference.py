"""Differences of two samples, against SciPy, brute force and samples whose difference is known."""

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from generator.errors import GeneratorError
from generator.records.difference import difference, rank_sum_p_value, shift

SAMPLES = st.lists(st.integers(-6, 6).map(float), min_size=8, max_size=20)


def normal(seed: int, size: int, centre: float = 0.0) -> npt.NDArray[np.float64]:
    return np.random.default_rng(seed).normal(centre, 1.0, size)


@given(SAMPLES, SAMPLES)
def test_rank_sums_are_those_of_scipy(before: list[float], after: list[float]) -> None:
    old, new = np.array(before), np.array(after)
    expected = 1.0
    if len({*before, *after}) > 1:
        expected = stats.mannwhitneyu(new, old, use_continuity=False, method="asymptotic").pvalue
    assert rank_sum_p_value(old, new) == pytest.approx(expected)


@given(SAMPLES, SAMPLES)
def test_a_shift_is_the_median_of_all_differences(before: list[float], after: list[float]) -> None:
    interval = shift(np.array(before), np.array(after))
    ordered = sorted(b - a for a in before for b in after)
    assert interval.estimate == pytest.approx(float(np.median(ordered)))
    assert interval.lower in ordered
    # As many differences are left out below as above.
    assert ordered.index(interval.lower) <= len(ordered) - 1 - ordered.index(interval.upper) + ordered.count(
        interval.upper
    )


def test_the_interval_of_a_shift_covers_it_as_often_as_it_says() -> None:
    """Of 600 intervals about 95 % contain the shift: 546 to 594 is five standard errors."""
    covered = 0
    for seed in range(600):
        interval = shift(normal(2 * seed, 16), normal(2 * seed + 1, 16, centre=0.7))
        covered += interval.lower <= 0.7 <= interval.upper
    assert 546 <= covered <= 594


def test_pairs_show_what_independent_runs_hide() -> None:
    before = normal(0, 64)
    paired = difference(before, before + 0.01, paired=True)
    assert paired.changed
    assert paired.interval.estimate == pytest.approx(0.01)
    assert paired.p < 1e-6
    unpaired = difference(before, before[::-1] + 0.01, paired=False)
    assert unpaired.p > 0.5
    assert not unpaired.paired


def test_the_same_values_do_not_differ() -> None:
    values = [*normal(0, 30), math.inf, -math.inf]
    same = difference(values, values, paired=True)
    assert (same.changed, same.p, same.interval.estimate) == (False, 1.0, 0.0)


def test_diverged_runs_take_part_by_rank() -> None:
    before, after = normal(0, 20).tolist(), [*normal(1, 10), *[math.inf] * 10]
    found = difference(before, after, paired=False)
    assert found.interval.upper == math.inf
    assert found.p == pytest.approx(rank_sum_p_value(np.array(before), np.minimum(np.array(after), 1e9)))


def test_too_few_runs_are_refused() -> None:
    with pytest.raises(GeneratorError, match="expected at least 8 runs on each side, found 3 and 9"):
        difference([1.0] * 3, [1.0] * 9, paired=False)
