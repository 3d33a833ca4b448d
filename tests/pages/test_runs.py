"""Numbers of all runs of a condition, against examples by hand and SciPy."""

import math

import pytest
from scipy.stats import page_trend_test

from generator.pages.runs import middle, middle_ratio, scatter, trend
from generator.records.record import Cell, Record


def record_of(**values: tuple[float, ...]) -> Record:
    cells = {role: Cell(metrics={"m": runs}, curves={}, diverged=0) for role, runs in values.items()}
    return Record(experiment="e", replicates=(0, 4), registration={}, provenance={}, cells={"d": cells})


def test_the_middle_of_an_even_number_lies_between_two_runs() -> None:
    assert middle((4.0, 1.0, 2.0, 9.0)) == 3.0


def test_ratios_are_taken_run_by_run() -> None:
    """The ratios are 1, 2 and 9; that of the medians would be 1.8."""
    assert middle_ratio((5.0, 2.0, 9.0), (5.0, 1.0, 1.0)) == 2.0


def test_scatter_divides_by_one_less_than_the_runs() -> None:
    assert scatter((1.0, 2.0, 3.0, 4.0)) == pytest.approx(math.sqrt(5 / 3))
    assert scatter((1.0, math.inf)) == math.inf


def test_equal_runs_do_not_scatter() -> None:
    """Not even by rounding, as they would where 64 times 0.5178 is divided by 64."""
    assert scatter((0.5178,) * 64) == 0


def test_a_trend_follows_the_conditions_in_the_order_given() -> None:
    record = record_of(low=(1.0, 2.0, 3.0, 1.5), middle=(2.0, 1.0, 5.0, 4.0), high=(3.0, 9.0, 4.0, 6.0))
    found = trend(record, "d", ["low", "middle", "high"], "m")
    table = [[1, 2, 3], [2, 1, 9], [3, 5, 4], [1.5, 4, 6]]
    assert found.statistic == page_trend_test(table, method="asymptotic").statistic
    assert found.p == pytest.approx(page_trend_test(table, method="asymptotic").pvalue)
    assert trend(record, "d", ["high", "middle", "low"], "m").z == pytest.approx(-found.z)
