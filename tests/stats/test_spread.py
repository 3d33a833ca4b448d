"""Shares of variance in a two-way layout: closed forms, brute force and simulated truth."""

import itertools

import numpy as np
import numpy.typing as npt
import pytest

from generator.errors import GeneratorError
from generator.stats.spread import variance_components, variance_shares

Array = npt.NDArray[np.float64]


def simulated(rng: np.random.Generator, variances: tuple[float, float, float], size: tuple[int, int]) -> Array:
    """A table of normal effects."""
    rows, columns, rest = (np.sqrt(v) for v in variances)
    effects = rng.normal(0, rows, (size[0], 1)) + rng.normal(0, columns, (1, size[1]))
    return np.asarray(effects + rng.normal(0, rest, size))


def test_components_of_a_table_worked_by_hand() -> None:
    """Rows 1 and 5 apart, columns 0 and 2 apart, one cell 4 too high: every mean square by hand."""
    table = [[0.0, 2.0], [4.0, 10.0]]
    # Means: rows 1 and 7, columns 2 and 6, all 4. Rest +-1, mean square 4. Rows 2 * 18 = 36, columns 2 * 8 = 16.
    assert variance_components(table).tolist() == [(36 - 4) / 2, (16 - 4) / 2, 4]


def test_components_from_pairs_of_cells() -> None:
    """Half the mean squared difference of two cells of a row is columns + rest, of a column rows + rest, else all."""
    table = simulated(np.random.default_rng(3), (3.0, 2.0, 1.0), (5, 7))
    cells = [((i, j), table[i, j]) for i in range(5) for j in range(7)]

    def half_square(same_row: bool, same_column: bool) -> float:
        pairs = [
            (x - y) ** 2 / 2
            for ((i, j), x), ((k, m), y) in itertools.combinations(cells, 2)
            if (i == k, j == m) == (same_row, same_column)
        ]
        return float(np.mean(pairs))

    rows_off, columns_off, both_off = half_square(False, True), half_square(True, False), half_square(False, False)
    expected = [both_off - columns_off, both_off - rows_off, rows_off + columns_off - both_off]
    assert variance_components(table) == pytest.approx(expected)


def test_components_are_unbiased() -> None:
    rng = np.random.default_rng(4)
    found = np.mean([variance_components(simulated(rng, (3.0, 2.0, 1.0), (12, 12))) for _ in range(2000)], axis=0)
    assert found == pytest.approx([3.0, 2.0, 1.0], rel=0.05)


def test_rows_and_columns_change_places_with_the_table() -> None:
    table = simulated(np.random.default_rng(5), (3.0, 1.0, 1.0), (6, 9))
    one, other = variance_shares(table), variance_shares(table.T)
    assert one.rows.estimate == pytest.approx(other.columns.estimate)
    assert (one.rest.lower, one.rest.upper) == pytest.approx((other.rest.lower, other.rest.upper))


def test_intervals_are_those_of_the_jackknife_by_hand() -> None:
    """The usual formula on pseudo-values, rows and columns apart."""
    table = simulated(np.random.default_rng(6), (1.0, 1.0, 1.0), (14, 16))

    def angle(values: Array) -> float:
        components = variance_components(values)
        return float(np.arcsin(np.sqrt(components[0] / components.sum())))

    variance = 0.0
    for axis, count in enumerate(table.shape):
        kept = [[k for k in range(count) if k != level] for level in range(count)]
        pseudo = [count * angle(table) - (count - 1) * angle(np.take(table, k, axis=axis)) for k in kept]
        variance += float(np.var(pseudo, ddof=1)) / count
    rows = variance_shares(table).rows
    expected = [angle(table) + side * 2 * variance**0.5 for side in (-1, 0, 1)]
    found = [np.arcsin(np.sqrt(limit)) for limit in (rows.lower, rows.estimate, rows.upper)]
    assert found == pytest.approx(expected)


def test_intervals_hold_the_truth() -> None:
    rng = np.random.default_rng(7)
    truth, held = (0.5, 0.2, 0.3), np.zeros(3)
    for _ in range(200):
        shares = variance_shares(simulated(rng, truth, (12, 12)))
        intervals = (shares.rows, shares.columns, shares.rest)
        held += [i.lower <= t <= i.upper for i, t in zip(intervals, truth, strict=True)]
    assert (held >= 180).all()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (np.zeros((2, 5)), "at least 3 by 3, found shape"),
        (np.zeros(9), "at least 3 by 3"),
        (np.full((4, 4), np.inf), "finite values, found 16"),
        (np.ones((4, 4)), "values that differ"),
    ],
)
def test_what_has_no_shares_is_refused(table: Array, message: str) -> None:
    with pytest.raises(GeneratorError, match=message):
        variance_shares(table)
