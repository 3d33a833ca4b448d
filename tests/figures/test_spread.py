"""Shares of the spread: replicates as rows and columns, words, and what a diverged run leaves."""

import dataclasses
import math

import numpy as np
import pytest

from generator.figures.catalogue import Plot
from generator.records.record import Record
from generator.spec import Condition, SpecificationError
from tests.figures.synthetic import FIGURES, plot_of, record_of

NAME = "fig-sources-of-spread-shares"
LEVELS = 12


def drawn(values: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> Plot:
    """The figure of a record whose metrics are these, on every data set and at every epoch."""
    experiment, figure = FIGURES[NAME]
    return plot_of(figure, experiment, with_values(record_of(experiment.id), tuple(values.tolist())))


def with_values(record: Record, values: tuple[float, ...]) -> Record:
    cells = {
        data_set: {
            role: dataclasses.replace(cell, metrics=dict.fromkeys(cell.metrics, values)) for role, cell in roles.items()
        }
        for data_set, roles in record.cells.items()
    }
    return dataclasses.replace(record, cells=cells)


def test_replicates_are_initial_weights_by_orders() -> None:
    """Twelve replicates in a row share their initial weights; every twelfth shares its order."""
    noise = np.random.default_rng(0).normal(0, 1e-3, LEVELS**2)
    by_init = drawn(np.repeat(np.arange(LEVELS), LEVELS) + noise).payload.facets[0].lines
    by_order = drawn(np.tile(np.arange(LEVELS), LEVELS) + noise).payload.facets[0].lines
    assert [line.name for line in by_init][:2] == ["initial weights", "order of the examples"]
    assert [round(line.estimate[0], 3) for line in by_init] == [1, 0, 0]
    assert [round(line.estimate[0], 3) for line in by_order] == [0, 1, 0]


def test_shares_sum_to_one_within_their_intervals() -> None:
    plot = drawn(np.random.default_rng(1).lognormal(size=LEVELS**2))
    for facet in plot.payload.facets:
        assert sum(line.estimate[0] for line in facet.lines) == pytest.approx(1, abs=1e-3)
        for line in facet.lines:
            assert 0 <= line.lower[0] <= line.estimate[0] <= line.upper[0] <= 1


def test_initial_weights_with_a_diverged_run_are_left_out() -> None:
    values = np.random.default_rng(2).lognormal(size=LEVELS**2)
    values[[0, 5, 30]] = math.inf
    plot = drawn(values)
    assert {facet.left_out for facet in plot.payload.facets} == {2}
    assert "2 of 12 on" in plot.alt
    assert "diverged" in plot.caption
    assert "left out" not in drawn(np.random.default_rng(2).lognormal(size=LEVELS**2)).alt


def test_only_crossed_conditions_have_shares() -> None:
    experiment, figure = FIGURES[NAME]
    crossed = experiment.conditions["crossed"]
    assert isinstance(crossed, Condition)
    plain = dataclasses.replace(crossed, crossed=0)
    with pytest.raises(SpecificationError, match="expected a crossed condition"):
        plot_of(figure, dataclasses.replace(experiment, conditions={"crossed": plain}), record_of(experiment.id))
