"""Curves as figures draw them: a median and a band over the replicates, and single runs."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from generator.errors import GeneratorError, UnknownNameError
from generator.figures.plot import Value
from generator.figures.wording import curve_name, listed, number, runs, unit, with_unit
from generator.records.record import QUANTILES, CurveSummary, Record
from generator.spec import Experiment

_LOW, _MEDIAN, _HIGH = (QUANTILES.index(q) for q in (0.05, 0.5, 0.95))


@dataclass(frozen=True, kw_only=True)
class Series:
    """One curve of one condition: 5 % quantile, median and 95 % quantile at each point, and single runs.

    `position` is the condition's place in its experiment; `diverged` counts its runs that left the finite numbers.
    """

    data_set: str
    condition: str
    position: int
    label: str
    curve: str
    name: str
    low: tuple[float, ...]
    median: tuple[float, ...]
    high: tuple[float, ...]
    runs: Mapping[int, tuple[float, ...]]
    diverged: int


def series(
    experiment: Experiment,
    record: Record,
    data_set: str,
    condition: str,
    curve: str,
    kept: int,
    last: int | None = None,
) -> Series:
    """One curve of one condition with its first `kept` single runs, up to the point `last`."""
    if condition not in experiment.conditions:
        raise UnknownNameError(f"condition in experiment {experiment.id}", condition, experiment.conditions)
    summary = record.curve(data_set, condition, curve)
    first, points = record.replicates[0], len(summary.quantiles[_MEDIAN])
    if last is not None and points < last:
        raise GeneratorError(f"curve {curve!r} of {experiment.id}: expected at least {last} points, found {points}")
    return Series(
        data_set=experiment.data_sets[data_set].label,
        condition=condition,
        position=list(experiment.conditions).index(condition),
        label=experiment.labels[condition],
        curve=curve,
        name=curve_name(experiment, curve),
        low=summary.quantiles[_LOW][:last],
        median=summary.quantiles[_MEDIAN][:last],
        high=summary.quantiles[_HIGH][:last],
        runs={replicate: run_of(summary, replicate)[:last] for replicate in range(first, first + kept)},
        diverged=record.cell(data_set, condition).diverged,
    )


def run_of(summary: CurveSummary, replicate: int) -> tuple[float, ...]:
    """The curve of one replicate, which must be among the few that a record keeps."""
    if replicate not in summary.runs:
        raise GeneratorError(f"expected the single run of replicate {replicate}, found those of {sorted(summary.runs)}")
    return summary.runs[replicate]


def columns(line: Series) -> tuple[str, ...]:
    """Column names of a curve's numbers: the quantiles, then the single runs."""
    quantities = ("5 % quantile", "median", "95 % quantile", *(f"replicate {replicate}" for replicate in line.runs))
    return tuple(with_unit(f"{line.name}, {quantity}", unit(line.curve)) for quantity in quantities)


def rows(line: Series) -> list[tuple[Value, ...]]:
    """A curve's numbers, one row a point."""
    return list(zip(line.low, line.median, line.high, *line.runs.values(), strict=True))


def worst(values: Sequence[float]) -> list[float]:
    """The values with NaN, which a diverged run may give, counted as the largest, as quantiles do."""
    return [math.inf if math.isnan(v) else v for v in values]


def finite(lines: Iterable[Series]) -> list[float]:
    """Every finite number that is drawn."""
    parts = [part for line in lines for part in (line.low, line.median, line.high, *line.runs.values())]
    return [value for part in parts for value in part if math.isfinite(value)]


def ending(line: Series) -> str:
    """How a curve ends: its last median and 5 to 95 % range."""
    return f"{number(line.median[-1])} ({number(line.low[-1])} to {number(line.high[-1])})"


def divergence(lines: Iterable[Series], record: Record) -> str:
    """A sentence on runs that diverged; empty where none did."""
    counts = {(line.label, line.data_set): line.diverged for line in lines if line.diverged}
    if not counts:
        return ""
    found = listed([f"{count} of {runs(record)} at {label} on {data}" for (label, data), count in counts.items()])
    return f"Diverged, and drawn at the upper edge where no longer finite: {found}."
