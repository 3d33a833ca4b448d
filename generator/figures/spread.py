"""Small multiples, one panel a data set: how much of the spread between runs comes from each source, epoch by epoch?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.figures import lines, scales, wording
from generator.figures.options import metric_of, options_of
from generator.figures.plot import Plot, Table, Value
from generator.figures.scales import Scale
from generator.figures.style import MEDIAN
from generator.records.findings import ClaimFindings
from generator.records.record import Record
from generator.records.rounding import rounded_all
from generator.spec import Condition, Experiment, Figure, Metric, SpecificationError
from generator.stats.inference import Array, Interval
from generator.stats.spread import variance_shares

if TYPE_CHECKING:
    from generator.figures.sheet import Panel, Sheet

_HEIGHT = 190

#: The sources, in the order of `generator.stats.spread.Shares`, and the curves' position among the colours.
_SOURCES = ("initial weights", "order of the examples", "both together, and the rest")


@dataclass(frozen=True, kw_only=True)
class Line:
    """A source's share of the variance at each epoch, with its interval."""

    name: str
    position: int
    estimate: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Facet:
    """One data set, and how many of its initial weights are left out, as a run from them diverged."""

    name: str
    lines: tuple[Line, ...]
    left_out: int


@dataclass(frozen=True, kw_only=True)
class SharesOfSpread:
    """Facets over the same axes; `levels` is how many initial weights meet as many orders."""

    facets: tuple[Facet, ...]
    epochs: tuple[int, ...]
    levels: int
    x: Scale
    y: Scale
    measured: str

    @property
    def lines(self) -> list[Line]:
        """All lines."""
        return [line for facet in self.facets for line in facet.lines]


def prepare(figure: Figure, experiment: Experiment, record: Record, findings: Sequence[ClaimFindings]) -> Plot:
    """Compute the figure; options are `condition`, a crossed one, and `metrics`, ids of the ends of growing windows."""
    del findings
    options = options_of(figure, ("condition", "metrics"))
    payload = _payload(figure, experiment, record, options["condition"], options["metrics"])
    return Plot.of(
        figure,
        alt=_alt(payload),
        caption=_caption(payload, record),
        table=_table(payload),
        payload=payload,
    )


def _payload(figure: Figure, experiment: Experiment, record: Record, role: str, names: Sequence[str]) -> SharesOfSpread:
    data_sets = [figure.data_set] if figure.data_set else list(experiment.data_sets)
    metrics = [metric_of(experiment, data_sets[0], role, name) for name in names]
    levels = _levels(figure, experiment, role)
    epochs = tuple(metric.window[1] for metric in metrics)
    return SharesOfSpread(
        facets=tuple(
            _facet(experiment.data_sets[data_set].label, _tables(record, data_set, role, metrics, levels))
            for data_set in data_sets
        ),
        epochs=epochs,
        levels=levels,
        x=scales.logarithmic(map(float, epochs)).with_ticks(7),
        y=scales.linear([0.0, 1.0]).with_ticks(3),
        measured=wording.measured(experiment, metrics[0], window=False),
    )


def _levels(figure: Figure, experiment: Experiment, role: str) -> int:
    condition = experiment.conditions[role]
    if not isinstance(condition, Condition) or condition.crossed < 1:
        raise SpecificationError(f"figure {figure.id}: expected a crossed condition, found {role!r}")
    return condition.crossed


def _tables(record: Record, data_set: str, role: str, metrics: Sequence[Metric], levels: int) -> Array:
    """Values by epoch, initial weights and order: replicate r has those of r // levels and r % levels."""
    values = [record.metric(data_set, role, metric.id) for metric in metrics]
    return np.array(values).reshape(len(metrics), levels, levels)


def _facet(name: str, tables: Array) -> Facet:
    whole = np.isfinite(tables).all(axis=(0, 2))
    shares = [variance_shares(table[whole]) for table in tables]
    by_source = zip(*((s.rows, s.columns, s.rest) for s in shares), strict=True)
    lines = tuple(_line(position, intervals) for position, intervals in enumerate(by_source))
    return Facet(name=name, lines=lines, left_out=int(np.sum(~whole)))


def _line(position: int, intervals: Sequence[Interval]) -> Line:
    return Line(
        name=_SOURCES[position],
        position=position,
        estimate=rounded_all(interval.estimate for interval in intervals),
        lower=rounded_all(interval.lower for interval in intervals),
        upper=rounded_all(interval.upper for interval in intervals),
    )


def _alt(data: SharesOfSpread) -> str:
    first, last = data.epochs[0], data.epochs[-1]
    courses = "; ".join(
        f"{facet.name}, "
        + ", ".join(
            f"{line.name}: {wording.number(line.estimate[0], 2)} and {wording.number(line.estimate[-1], 2)}"
            for line in facet.lines
        )
        for facet in data.facets
    )
    sentences = [
        f"Shares of the variance of the {data.measured} between runs, by source, one panel per data set.",
        f"At epochs {first} and {last}: {courses}.",
        _left_out(data),
    ]
    return " ".join(filter(None, sentences))


def _left_out(data: SharesOfSpread) -> str:
    """A sentence on initial weights from which runs diverged; empty where none did."""
    counts = [f"{facet.left_out} of {data.levels} on {facet.name}" for facet in data.facets if facet.left_out]
    return f"Initial weights left out, as a run from them diverged: {wording.listed(counts)}." if counts else ""


def _caption(data: SharesOfSpread, record: Record) -> str:
    whole = (
        f"Of the variance of the {data.measured} between {wording.runs(record)} on the same data, "
        f"{wording.replicates(record)}, how much each source makes, by epoch: {data.levels} initial weights, each with "
        f"the same {data.levels} orders of the examples. Random effects by analysis of variance; bands are intervals "
        f"of about 95 %, by leaving out one initial network or one order at a time."
    )
    return " ".join(filter(None, [whole, _left_out(data)]))


def _table(data: SharesOfSpread) -> Table:
    unit = "share of variance"
    return Table(
        columns=("data set", "source", "epoch", *(f"{what} ({unit})" for what in ("estimate", "lower", "upper"))),
        rows=tuple(row for facet in data.facets for row in _rows(data, facet)),
    )


def _rows(data: SharesOfSpread, facet: Facet) -> Iterator[tuple[Value, ...]]:
    for line in facet.lines:
        for row in zip(data.epochs, line.estimate, line.lower, line.upper, strict=True):
            yield facet.name, line.name, *row


def draw(sheet: "Sheet", plot: Plot) -> list[Any]:
    """Draw the panels one below the other."""
    data: SharesOfSpread = plot.payload
    artists: list[Any] = [*sheet.title(plot.title)]
    artists += sheet.note(f"Share of the variance of the {data.measured} between runs")
    right = lines.room_for(sheet, _SOURCES)
    left = lines.left_of(sheet, [data.y])
    for facet in data.facets:
        artists += _draw_facet(sheet, data, facet, left, right)
    artists += sheet.below("epoch, logarithmic axis", left, right)
    sheet.y += 8
    note = f"{data.levels} initial weights, each with {data.levels} orders. Bands: about 95 %."
    return artists + sheet.note(" ".join(filter(None, [note, _left_out(data)])))


def _draw_facet(sheet: "Sheet", data: SharesOfSpread, facet: Facet, left: float, right: float) -> list[Any]:
    sheet.y += 14
    artists: list[Any] = sheet.heading(wording.upper_first(facet.name))
    sheet.y += 8
    panel = sheet.panel(_HEIGHT, left, right)
    artists += sheet.vertical_axis(panel, data.y)
    artists += sheet.horizontal_axis(panel, data.x, labelled=facet is data.facets[-1])
    for line in facet.lines:
        artists += _draw_line(sheet, panel, data, line)
    ends = [
        lines.End(name=line.name, colour=sheet.palette.condition(line.position), value=line.estimate[-1])
        for line in facet.lines
    ]
    return artists + lines.name_ends(sheet, panel, ends, data.y)


def _draw_line(sheet: "Sheet", panel: "Panel", data: SharesOfSpread, line: Line) -> list[Any]:
    """The band of the intervals and the estimates."""
    colour, at = sheet.palette.condition(line.position), data.x.at(map(float, data.epochs))
    low, high, middle = (data.y.at(values) for values in (line.lower, line.upper, line.estimate))
    style: dict[str, Any] = {"color": colour, "linewidth": MEDIAN, "marker": "o", "markersize": 7, "clip_on": False}
    return [
        panel.axes.fill_between(at, low, high, color=colour, alpha=sheet.palette.band, linewidth=0),
        *panel.axes.plot(at, middle, **style),
    ]
