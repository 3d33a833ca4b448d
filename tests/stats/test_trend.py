"""Page's trend test, against SciPy, an example by hand and enumeration."""

import itertools
import math

import numpy as np
import pytest
from scipy.stats import page_trend_test

from generator.errors import GeneratorError
from generator.stats.trend import page_trend


@pytest.mark.parametrize(("replicates", "doses", "slope"), [(2, 3, 0.0), (5, 4, 0.3), (64, 7, 0.1), (24, 5, -0.4)])
def test_scipy_agrees(replicates: int, doses: int, slope: float) -> None:
    values = np.random.default_rng(0).normal(size=(replicates, doses)) + slope * np.arange(doses)
    found, known = page_trend(values), page_trend_test(values, method="asymptotic")
    assert found.statistic == known.statistic
    assert found.p == pytest.approx(known.pvalue, rel=1e-9)


def test_an_example_by_hand() -> None:
    """Rows rank 1 2 3, 1 3 2 and 2 1 3: L = 14 + 13 + 13, expected 3 * 3 * 16 / 4, variance 3 * 9 * 16 * 2 / 144."""
    found = page_trend([[0.1, 0.2, 0.3], [0.1, 0.3, 0.2], [5.0, 4.0, 6.0]])
    assert (found.statistic, found.expected, found.highest) == (40, 36, 42)
    assert found.z == pytest.approx(4 / math.sqrt(6))
    assert (found.replicates, found.doses) == (3, 3)


@pytest.mark.parametrize("row", [(1.0, 1.0, 2.0, 3.0), (0.0, 0.0, 5.0, 5.0), (math.inf, 1.0, math.inf, 2.0)])
def test_ties_have_the_variance_of_their_permutations(row: tuple[float, ...]) -> None:
    orders = [page_trend([order]) for order in itertools.permutations(row)]
    found = np.array([trend.statistic for trend in orders])
    assert found.mean() == pytest.approx(orders[0].expected)
    assert (found[0] - found.mean()) / found.std() == pytest.approx(orders[0].z)


def test_runs_that_diverged_rank_highest() -> None:
    assert page_trend([[1.0, 2.0, math.inf]]) == page_trend([[1.0, 2.0, 3.0]])


def test_what_never_changes_shows_no_trend() -> None:
    found = page_trend(np.ones((4, 3)))
    assert (found.z, found.p) == (0.0, 0.5)


def test_a_fall_is_no_rise() -> None:
    assert page_trend(np.tile([3.0, 2.0, 1.0], (20, 1))).p > 0.999


@pytest.mark.parametrize("values", [[1.0, 2.0, 3.0], [[1.0, 2.0]], np.empty((0, 3)), [[1.0, math.nan, 2.0]]])
def test_what_cannot_be_ranked_is_refused(values: object) -> None:
    with pytest.raises(GeneratorError, match="expected values"):
        page_trend(values)  # type: ignore[arg-type]
