"""What is computed for every figure of every experiment: words, numbers and table, before anything is drawn."""

import dataclasses
import itertools
import math
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from generator import experiments
from generator.errors import GeneratorError, UnknownNameError
from generator.figures.catalogue import KINDS, Plot, prepare
from generator.records.findings import find
from generator.records.record import CurveSummary, Record
from generator.spec import SpecificationError
from tests.figures.synthetic import DIVERGED, FIGURES, figures_of, plot_of, record_of

ROOT = Path(__file__).parents[2]
NUMBER = re.compile(r"−?\d+(?:\.\d+)?(?:e[+−]\d+)?")


def numbers(text: str) -> set[str]:
    return {found.replace("−", "-") for found in NUMBER.findall(text)}


def test_every_kind_is_drawn_by_an_experiment() -> None:
    assert {figure.kind for e in experiments.load().values() for figure in e.figures} == set(KINDS)


def test_words_are_whole_sentences(plot: Plot) -> None:
    assert plot.title
    assert plot.question
    for text in (plot.alt, plot.caption):
        assert text[0] == text[0].upper()
        assert text.endswith(".")
        assert not re.search(r"None|nan|\{|\}|  |\.\.|_", text), text
    assert 1 <= len(re.findall(r"\.(?: |$)", plot.alt)) <= 4
    assert 60 <= len(plot.alt) <= 900


def test_captions_say_how_many_runs(plot: Plot) -> None:
    if plot.kind in {"three-curves", "runs"}:
        assert "one run" in plot.caption
        assert "replicate 0" in plot.caption
    else:
        replicates = FIGURES[plot.id][0].replicates
        assert f"{replicates} " in plot.caption
        assert f"replicates 0 to {replicates - 1}" in plot.caption


def test_alt_text_tells_the_numbers_of_the_table(plot: Plot) -> None:
    """Every decimal fraction of the alt text is a number of the table or of the experiment's own words."""
    cells = [cell for row in plot.table.rows for cell in row if isinstance(cell, float)]
    told = {f"{cell:.{digits}g}" for cell in cells for digits in (1, 2, 3)} | {
        f"{cell:.{decimals}f}" for cell in cells for decimals in range(12)
    }
    experiment, _ = FIGURES[plot.id]
    words = numbers(" ".join([*experiment.labels.values(), *(d.label for d in experiment.data_sets.values())]))
    computed = numbers(" ".join(re.findall(r"at most [\d.]+|first \([\d.]+", plot.alt)))
    fractions = {n for n in numbers(plot.alt) if "." in n}
    assert numbers(plot.alt)
    assert fractions - words - computed <= told


@pytest.mark.parametrize("figure_id", figures_of("article", "ensemble"))
def test_curves_of_the_table_are_those_of_the_record(plot: Plot, figure_record: Record) -> None:
    """Read again from the record, cell by cell, without the code that made the table."""
    experiment, figure = FIGURES[plot.id]
    rows = iter(plot.table.rows)
    options = figure.options
    names = options["curves"] if plot.kind == "article" else (options["curve"],)
    sets = [figure.data_set] if figure.data_set else list(experiment.data_sets)
    for data_set in sets:
        for role in options["conditions"]:
            found = [figure_record.cells[str(data_set)][role].curves[name] for name in names]
            for point in range(options.get("epochs") or len(found[0].quantiles[0])):
                expected = [v for curve in found for v in at(curve, point, plot)]
                assert list(next(rows))[-len(expected) :] == expected
    assert next(rows, None) is None


def at(curve: CurveSummary, point: int, plot: Plot) -> list[float]:
    kept = sum("replicate" in name for name in plot.table.columns) // max(
        1, sum("median" in name for name in plot.table.columns)
    )
    quantiles = [curve.quantiles[i][point] for i in (0, 2, 4)]
    return [*quantiles, *(curve.runs[replicate][point] for replicate in range(kept))]


@pytest.mark.parametrize("figure_id", figures_of("comparison"))
def test_comparisons_are_those_of_the_record(plot: Plot, figure_record: Record) -> None:
    experiment, figure = FIGURES[plot.id]
    claim = next(c for c in experiment.claims if c.id == figure.options["claim"])
    assert plot.claim == claim.id
    comparison = claim.comparisons[figure.options.get("comparison", "primary")]
    for data_set in claim.data_sets:
        label = experiment.data_sets[data_set].label
        sides = [
            figure_record.cells[data_set][side.condition].metrics[side.metric.id]
            for side in (comparison.larger, comparison.smaller)
        ]
        for replicate, (larger, smaller) in enumerate(zip(*sides, strict=True)):
            effect = larger / smaller if comparison.scale == "log-ratio" else larger - smaller
            (row,) = (r for r in plot.table.rows if r[:2] == (label, f"replicate {replicate}"))
            assert row[2] == pytest.approx(effect, rel=1e-3, abs=1e-9)


def test_column_names_carry_units(plot: Plot) -> None:
    for name in plot.table.columns:
        if "loss" in name:
            assert "(nats)" in name or "(loss)" in name
        if "accuracy" in name:
            assert "(share correct)" in name


@pytest.mark.parametrize("figure_id", figures_of("article", "ensemble", "comparison"))
def test_diverged_runs_are_said_and_not_dropped(plot: Plot, diverged_plot: Plot) -> None:
    assert len(diverged_plot.table.rows) == len(plot.table.rows)
    if any(cell == math.inf for row in diverged_plot.table.rows for cell in row if isinstance(cell, float)):
        assert f"{len(DIVERGED)} of {FIGURES[plot.id][0].replicates}" in diverged_plot.alt
        assert "diverged" in diverged_plot.caption.lower()


def test_tables_are_rectangular_and_plain(diverged_plot: Plot) -> None:
    assert diverged_plot.table.rows
    assert {type(cell) for row in diverged_plot.table.rows for cell in row} <= {str, int, float}
    with pytest.raises(GeneratorError, match="rows of"):
        dataclasses.replace(diverged_plot.table, columns=("one", "too", "many", "few", *diverged_plot.table.columns))


def test_an_ensemble_is_logarithmic_in_all_panels_or_in_none() -> None:
    experiment, figure = FIGURES["fig-learning-rate-ensemble"]
    record = record_of(experiment.id)
    assert {facet.y.kind for facet in plot_of(figure, experiment, record).payload.facets} == {"linear"}
    wide = scaled(record, "digits", 0.001)
    plot = plot_of(figure, experiment, wide)
    assert {facet.y.kind for facet in plot.payload.facets} == {"log"}
    assert "logarithmic" in plot.caption
    plot = plot_of(figure, experiment, scaled(wide, "random-labels", 0.0))
    assert {facet.y.kind for facet in plot.payload.facets} == {"linear"}


def scaled(record: Record, data_set: str, factor: float) -> Record:
    """The record with the losses at the low learning rate multiplied."""
    cell = record.cells[data_set]["low"]
    curve = CurveSummary(
        quantiles=tuple(tuple(v * factor for v in q) for q in cell.curves["loss"].quantiles),
        runs={r: tuple(v * factor for v in run) for r, run in cell.curves["loss"].runs.items()},
    )
    changed = dataclasses.replace(cell, curves={**cell.curves, "loss": curve})
    cells = {**record.cells, data_set: {**record.cells[data_set], "low": changed}}
    return dataclasses.replace(record, cells=cells)


def test_the_place_of_the_article_run_is_counted_from_the_largest() -> None:
    experiment, figure = FIGURES["fig-learning-rate-article"]
    record = record_of(experiment.id)
    values = (0.5, *[0.7] * 22, *[0.1] * 41)
    metric = figure.options["metric"]
    plot = plot_of(figure, experiment, with_metric(record, "random-labels", "high", metric, values))
    assert "replicate 0 ranks 23rd of 64 runs, the largest first (0.5)" in plot.alt
    tied = (0.5, 0.5, *[0.7] * 3, *[0.1] * 59)
    plot = plot_of(figure, experiment, with_metric(record, "random-labels", "high", metric, tied))
    assert "ranks 4th to 5th of 64 runs" in plot.alt


def with_metric(record: Record, data_set: str, role: str, metric: str, values: tuple[float, ...]) -> Record:
    cell = record.cells[data_set][role]
    changed = dataclasses.replace(cell, metrics={**cell.metrics, metric: values})
    cells = {**record.cells, data_set: {**record.cells[data_set], role: changed}}
    return dataclasses.replace(record, cells=cells)


@pytest.mark.parametrize(("end", "words"), [(12.0, "ends this run after epoch 12"), (20.0, "does not end this run")])
def test_where_early_stopping_ends_the_run(end: float, words: str) -> None:
    experiment, figure = FIGURES["fig-early-stopping-article"]
    figure = dataclasses.replace(figure, options={**figure.options, "stopping": "epochs trained"})
    values = (end, *[7.0] * 30, *[20.0] * 33)
    record = with_metric(record_of(experiment.id), "random-labels", "penalised", "epochs trained", values)
    plot = plot_of(figure, experiment, record)
    assert words in plot.alt
    assert f"of 64 runs it ends {31 if end == 12 else 30}" in plot.alt
    assert plot.payload.examples[0].stop == (12 if end == 12 else None)


def test_the_steps_of_one_run_must_be_those_of_its_epochs() -> None:
    experiment, figure = FIGURES["fig-three-curves"]
    record = record_of(experiment.id)
    for epochs in (3, 5):
        wrong = dataclasses.replace(figure, options={**figure.options, "epochs": epochs})
        with pytest.raises(GeneratorError, match="expected"):
            plot_of(wrong, experiment, record)


def test_movement_is_counted_from_the_run_itself() -> None:
    experiment, figure = FIGURES["fig-three-curves"]
    record = record_of(experiment.id)
    curves = record.cells[str(figure.data_set)]["small"].curves
    steps = curves["step_loss"].runs[0]
    rises = [b - a for a, b in itertools.pairwise(steps) if b > a]
    plot = plot_of(figure, experiment, record)
    assert f"rises in {len(rises)} of 499 cases, by at most {max(rises):.3g}." in plot.alt
    assert "From one epoch mean to the next the loss rises in 0 of 3 cases." in plot.alt


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"kind": "pie"}, UnknownNameError, "unknown kind of figure fig-learning-rate-ensemble 'pie'"),
        ({"options": {"conditions": ("high",), "curv": "loss"}}, UnknownNameError, "did you mean 'curve'"),
        ({"options": {"curve": "loss"}}, SpecificationError, "found no conditions"),
        ({"options": {"conditions": ("hihg",), "curve": "loss"}}, UnknownNameError, "did you mean 'high'"),
        ({"options": {"conditions": ("high",), "curve": "losss"}}, UnknownNameError, "did you mean 'loss'"),
        ({"data_set": "digit"}, UnknownNameError, "did you mean 'digits'"),
        ({"kind": "comparison", "options": {"claim": "C99"}}, UnknownNameError, "unknown claim"),
        (
            {"kind": "comparison", "options": {"claim": "C20", "comparison": "no"}},
            UnknownNameError,
            "unknown comparison",
        ),
        ({"kind": "comparison", "options": {"claim": "C20"}, "data_set": "digit"}, UnknownNameError, "did you mean"),
        (
            {"kind": "article", "options": {"conditions": (), "curves": (), "epochs": 9}},
            SpecificationError,
            "a data set",
        ),
    ],
    ids=str,
)
def test_what_is_unknown_is_named(changes: dict[str, Any], error: type[GeneratorError], message: str) -> None:
    experiment, figure = FIGURES["fig-learning-rate-ensemble"]
    record = record_of(experiment.id)
    with pytest.raises(error, match=message):
        prepare(dataclasses.replace(figure, **changes), experiment, record, find(experiment, record))


def test_a_curve_that_is_too_short_is_refused() -> None:
    experiment, figure = FIGURES["fig-learning-rate-article"]
    longer = dataclasses.replace(figure, options={**figure.options, "epochs": 51})
    with pytest.raises(GeneratorError, match="expected at least 51 points, found 50"):
        plot_of(longer, experiment, record_of(experiment.id))


def test_computing_imports_no_matplotlib() -> None:
    code = "import sys, generator.figures.catalogue, generator.figures.image; print('matplotlib' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.strip() == "False"
