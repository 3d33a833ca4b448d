"""Shares: counted again from the record, run by run."""

import math

import pytest

from generator.figures.catalogue import Plot
from generator.records.record import Record
from tests.figures.synthetic import DIVERGED, FIGURES, figures_of, plot_of, record_of
from tests.figures.test_catalogue import with_metric


@pytest.mark.parametrize("figure_id", figures_of("shares"))
def test_runs_are_counted_where_they_go_the_wrong_way(plot: Plot, figure_record: Record) -> None:
    experiment, figure = FIGURES[plot.id]
    options, rows = figure.options, iter(plot.table.rows)
    for data_set, label in ((name, found.label) for name, found in experiment.data_sets.items()):
        for role in options["conditions"]:
            metrics = figure_record.cells[data_set][role].metrics
            shares = [a / abs(b) for a, b in zip(metrics[options["wrong_way"]], metrics[options["net"]], strict=True)]
            count = len([share for share in shares if share > 0.05])
            row = next(rows)
            assert row[:4] == (label, experiment.labels[role], count, 64)
            assert row[4] == pytest.approx(count / 64, rel=1e-3)
    assert next(rows, None) is None


def test_counting_is_of_the_size_of_the_net_movement() -> None:
    """More than 5 % of it, whichever way it goes; a run that diverged counts, one that stood still does not."""
    experiment, figure = FIGURES["fig-how-often-loss"]
    record = record_of(experiment.id)
    counted = {(0.06, 1.0), (0.06, -1.0), (math.inf, -math.inf), (math.inf, math.inf)}
    others = [(0.05, 1.0), (0.04, -1.0), (0.0, 0.0)]
    runs = [*counted, *others, *[(0.0, 1.0)] * (64 - 7)]
    options, role = figure.options, figure.options["conditions"][0]
    for name, values in zip(("wrong_way", "net"), zip(*runs, strict=True), strict=True):
        record = with_metric(record, "digits", role, options[name], values)
    rows = plot_of(figure, experiment, record).table.rows
    (row,) = (row for row in rows if row[:2] == ("handwritten digits", experiment.labels[role]))
    assert row[2:5] == (len(counted), 64, len(counted) / 64)


@pytest.mark.parametrize("figure_id", figures_of("shares"))
def test_a_diverged_run_went_the_wrong_way(figure_id: str, diverged_plot: Plot, plot: Plot) -> None:
    experiment, figure = FIGURES[figure_id]
    first = experiment.labels[figure.options["conditions"][0]]
    for broken, whole in zip(diverged_plot.table.rows, plot.table.rows, strict=True):
        if broken[1] == first:
            assert len(DIVERGED) <= float(broken[2]) <= float(whole[2]) + len(DIVERGED)
        assert all(math.isfinite(cell) for cell in broken if isinstance(cell, float))
