"""Doses: quartiles of the record's metrics, words and numbers as doses, the line to compare with, what diverged."""

import dataclasses
import math
import statistics
from typing import Any

import pytest

from generator.errors import UnknownNameError
from generator.figures.catalogue import Plot
from generator.figures.wording import number
from generator.records.record import Record
from generator.spec import Experiment, Figure
from tests.figures.synthetic import FIGURES, figures_of, plot_named, plot_of, record_of

NAME = "fig-learning-rates-roughness"


def parts(**options: Any) -> tuple[Figure, Experiment, Record]:
    """A figure with other options, its experiment and its record."""
    experiment, figure = FIGURES[NAME]
    return dataclasses.replace(figure, options={**figure.options, **options}), experiment, record_of(experiment.id)


def drawn(**options: Any) -> Plot:
    return plot_of(*parts(**options))


@pytest.mark.parametrize("figure_id", figures_of("doses"))
def test_every_row_has_the_quartiles_of_the_record(plot: Plot, figure_record: Record) -> None:
    experiment, figure = FIGURES[plot.id]
    rows = iter(plot.table.rows)
    for data_set in experiment.data_sets:
        for name, doses in figure.options["lines"].items():
            metric = figure.options["metric"]
            for role, dose in doses.items():
                wanted = metric if isinstance(metric, str) else metric[name]
                values = figure_record.metric(data_set, role, wanted)
                row = next(rows)
                assert row[:3] == (experiment.data_sets[data_set].label, name, dose)
                assert row[3:6] == pytest.approx(statistics.quantiles(values, n=4, method="inclusive"), rel=1e-3)
                assert row[6] == 0
        if "reference" in figure.options:
            next(rows)
    assert next(rows, None) is None


def test_words_stand_at_even_distances() -> None:
    options = FIGURES[NAME][1].options
    name, doses = next(iter(options["lines"].items()))
    plot = drawn(lines={name: {role: f"rate {dose:g}" for role, dose in doses.items()}})
    x = plot.payload.x
    assert x.labels == tuple(f"rate {dose:g}" for dose in doses.values())
    steps = [b - a for a, b in zip(x.at(x.ticks), x.at(x.ticks)[1:], strict=False)]
    assert steps == pytest.approx([1 / len(doses)] * (len(doses) - 1), abs=1e-5)
    assert plot.payload.lines[0].places == x.ticks
    assert "at rate 0.001 and" in plot.alt


def test_numbers_stand_at_the_distances_of_their_logarithms() -> None:
    x = drawn().payload.x
    one, ten, hundred = x.at([0.01, 0.1, 1.0])
    assert ten - one == pytest.approx(hundred - ten, abs=1e-5)


def test_the_line_to_compare_with_is_the_median_of_a_metric() -> None:
    figure, experiment, record = parts()
    metric = figure.options["metric"]
    reference = {"name": "the limit", "condition": "sgd-1", "metric": metric}
    plot = drawn(reference=reference)
    for data_set, facet in zip(experiment.data_sets, plot.payload.facets, strict=True):
        expected = statistics.median(record.metric(data_set, "sgd-1", metric))
        assert facet.reference == pytest.approx(expected, rel=1e-3)
        assert plot.payload.x.low < facet.reference < plot.payload.x.high
    assert "The dotted line, the limit, stands at" in plot.alt
    assert all(far.reference > drawn().payload.x.low for far in drawn().payload.facets)
    assert ("the limit", plot.payload.facets[0].reference) in [row[1:3] for row in plot.table.rows]


def test_a_median_among_diverged_runs_is_infinite_and_counted() -> None:
    figure, experiment, record = parts()
    metric = figure.options["metric"]
    values = record.metric("digits", "sgd-10", metric)
    worst = with_metric(record, "digits", "sgd-10", metric, (*values[:20], *[math.inf] * 44))
    plot = plot_of(figure, experiment, worst)
    line = next(n for n in plot.payload.facets[1].lines if n.name.startswith("SGD"))
    assert (line.median[-1], line.infinite[-1]) == (math.inf, 44)
    assert "diverged" in plot.alt
    assert "diverged" in plot.caption
    half = with_metric(record, "digits", "sgd-10", metric, (*[1.0] * 32, *[math.inf] * 32))
    line = plot_of(figure, experiment, half).payload.facets[1].lines[1]
    assert (line.low[-1], line.median[-1]) == (1.0, math.inf)


def with_metric(record: Record, data_set: str, role: str, metric: str, values: tuple[float, ...]) -> Record:
    cell = record.cells[data_set][role]
    changed = dataclasses.replace(cell, metrics={**cell.metrics, metric: values})
    cells = {**record.cells, data_set: {**record.cells[data_set], role: changed}}
    return dataclasses.replace(record, cells=cells)


def test_lines_of_different_metrics_are_named_by_what_they_share() -> None:
    experiment, figure = FIGURES[NAME]
    turns = next(f for f in experiment.figures if f.id == "fig-learning-rates-turns").options["metric"]
    names = list(figure.options["lines"])
    mixed = {name: turns if place else figure.options["metric"] for place, name in enumerate(names)}
    assert drawn().payload.y_name == "roughness of the training loss, epochs 17 to 50"
    assert drawn(metric=mixed).payload.y_name == "roughness"


def test_doses_without_an_order_are_told_one_by_one() -> None:
    plot = plot_named("fig-initial-weights-together")
    assert not plot.payload.joined
    for median, dose in zip(plot.payload.lines[0].median, plot.payload.lines[0].doses, strict=True):
        assert f"{number(median)} for {dose}" in plot.alt
    assert "quartiles (bars)" in plot.caption


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"metric": "roughnes"}, "unknown metric of condition 'whole-0.001'"),
        ({"lines": {"one": {"whole-0.01x": 1.0}}}, "did you mean 'whole-0.01'"),
        ({"dose": "x"}, "unknown option"),
    ],
)
def test_what_is_unknown_is_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UnknownNameError, match=message):
        drawn(**options)
