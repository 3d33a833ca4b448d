"""Small multiples, one panel a data set: how does a metric follow a dose, such as the learning rate?"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.figures import lines, scales, wording
from generator.figures.options import metric_of, options_of
from generator.figures.plot import Plot, Table, Value
from generator.figures.scales import Scale
from generator.figures.style import HEADING, MARGIN, MEDIAN, RUN, WIDTH
from generator.records.findings import ClaimFindings
from generator.records.record import Record
from generator.records.rounding import rounded, rounded_all
from generator.spec import Experiment, Figure, Metric

if TYPE_CHECKING:
    from generator.figures.sheet import Panel, Sheet

_HEIGHT = 210

#: What is drawn of the replicates at each dose.
_QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A metric at each dose: quartiles over the replicates, and how many of these are not finite.

    `places` are where the doses stand on the axis: themselves, or their number where they are words.
    """

    name: str
    position: int
    doses: tuple[Value, ...]
    places: tuple[float, ...]
    low: tuple[float, ...]
    median: tuple[float, ...]
    high: tuple[float, ...]
    infinite: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Facet:
    """One data set: its lines, its vertical axis, and the dose to compare with, if any."""

    name: str
    lines: tuple[Line, ...]
    y: Scale
    reference: float | None


@dataclass(frozen=True, kw_only=True)
class Doses:
    """Facets over one horizontal axis, and what axes and marks mean; doses that are `joined` have an order."""

    facets: tuple[Facet, ...]
    x: Scale
    x_name: str
    y_name: str
    unit: str
    reference_name: str
    joined: bool
    note: str
    infinite: str

    @property
    def lines(self) -> list[Line]:
        """All lines."""
        return [line for facet in self.facets for line in facet.lines]


def prepare(figure: Figure, experiment: Experiment, record: Record, findings: Sequence[ClaimFindings]) -> Plot:
    """Compute the figure.

    Options are `x`, what the dose is; `lines`, a mapping of each line's name to its doses by role; and `metric`, the
    id of one, or a mapping of each line's name to one. Doses that are numbers stand on a logarithmic axis, words at
    even distances; with `apart` they are not joined by a line, having no order. `reference` draws a dose to compare
    with, the median of a metric: `name`, `condition`, `metric`.
    """
    del findings
    options = options_of(figure, ("x", "lines", "metric"), ("reference", "apart"))
    payload = _payload(figure, experiment, record, options)
    return Plot.of(
        figure,
        alt=_alt(payload, record),
        caption=_caption(payload, record),
        table=_table(payload),
        payload=payload,
    )


def _payload(figure: Figure, experiment: Experiment, record: Record, options: Mapping[str, Any]) -> Doses:
    data_sets = [figure.data_set] if figure.data_set else list(experiment.data_sets)
    doses = list(dict.fromkeys(dose for by_role in options["lines"].values() for dose in by_role.values()))
    places = _places(doses)
    groups = [_lines(experiment, record, name, options, places) for name in data_sets]
    references = [_reference(record, name, options["reference"]) for name in data_sets]
    axes = scales.alike([_finite(group) for group in groups], ticks=5)
    metrics = _metrics(experiment, data_sets[0], options)
    return Doses(
        facets=tuple(
            Facet(name=experiment.data_sets[name].label, lines=group, y=y, reference=reference)
            for name, group, y, reference in zip(data_sets, groups, axes, references, strict=True)
        ),
        x=_dose_axis(doses, [r for r in references if r is not None]),
        x_name=options["x"],
        y_name=_y_name(experiment, metrics),
        unit=wording.metric_unit(metrics[0]),
        reference_name=(options["reference"] or {}).get("name", ""),
        joined=not options["apart"],
        note=f"Dots: median of {wording.runs(record)}. {'Bars' if options['apart'] else 'Band'}: from the lower to the "
        "upper quartile.",
        infinite=_infinite([(line, data) for data, group in zip(data_sets, groups, strict=True) for line in group]),
    )


def _places(doses: Sequence[Value]) -> dict[Value, float]:
    if any(isinstance(dose, str) for dose in doses):
        return {dose: float(place) for place, dose in enumerate(doses, start=1)}
    return {dose: float(dose) for dose in doses}


def _dose_axis(doses: Sequence[Value], references: Sequence[float]) -> Scale:
    if any(isinstance(dose, str) for dose in doses):
        return scales.categories([str(dose) for dose in doses])
    return scales.logarithmic([*map(float, doses), *references]).with_ticks(7)


def _lines(
    experiment: Experiment, record: Record, data_set: str, options: Mapping[str, Any], places: Mapping[Value, float]
) -> tuple[Line, ...]:
    return tuple(
        _line(name, position, doses, _values(experiment, record, data_set, name, options), places)
        for position, (name, doses) in enumerate(options["lines"].items())
    )


def _values(
    experiment: Experiment, record: Record, data_set: str, name: str, options: Mapping[str, Any]
) -> list[tuple[float, ...]]:
    """The metric's values, a tuple of replicates for each dose of a line."""
    metric = _metric_id(options, name)
    return [
        record.metric(data_set, role, metric_of(experiment, data_set, role, metric).id)
        for role in options["lines"][name]
    ]


def _metric_id(options: Mapping[str, Any], line: str) -> str:
    metric = options["metric"]
    return str(metric if isinstance(metric, str) else metric[line])


def _line(
    name: str,
    position: int,
    doses: Mapping[str, Value],
    values: Sequence[tuple[float, ...]],
    places: Mapping[Value, float],
) -> Line:
    low, median, high = zip(*map(_quartiles, values), strict=True)
    return Line(
        name=name,
        position=position,
        doses=tuple(doses.values()),
        places=tuple(places[dose] for dose in doses.values()),
        low=low,
        median=median,
        high=high,
        infinite=tuple(sum(not math.isfinite(v) for v in at_dose) for at_dose in values),
    )


def _quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """Quartiles of the replicates; one between a finite and an infinite value is infinite."""
    with np.errstate(invalid="ignore"):
        found = np.quantile(np.array(values), _QUARTILES)
    low, median, high = rounded_all(np.where(np.isnan(found), math.inf, found))
    return low, median, high


def _finite(group: Sequence[Line]) -> list[float]:
    return [v for line in group for part in (line.low, line.median, line.high) for v in part if math.isfinite(v)]


def _reference(record: Record, data_set: str, reference: Mapping[str, str] | None) -> float | None:
    if reference is None:
        return None
    return rounded(float(np.median(record.metric(data_set, reference["condition"], reference["metric"]))))


def _metrics(experiment: Experiment, data_set: str, options: Mapping[str, Any]) -> list[Metric]:
    """The different metrics of the lines."""
    first = {name: next(iter(doses)) for name, doses in options["lines"].items()}
    found = (metric_of(experiment, data_set, role, _metric_id(options, name)) for name, role in first.items())
    return list(dict.fromkeys(found))


def _y_name(experiment: Experiment, metrics: Sequence[Metric]) -> str:
    """What the lines measure; where they measure different curves, the lines' names must say which."""
    if len(metrics) == 1:
        return wording.measured(experiment, metrics[0])
    first = metrics[0]
    return f"{'relative ' if first.log else ''}{wording.statistic_name(first.statistic)}"


def _infinite(named: Sequence[tuple[Line, str]]) -> str:
    """A sentence on doses at which runs diverged; empty where none did."""
    if not any(sum(line.infinite) for line, _ in named):
        return ""
    return (
        "Runs that diverged count as the worst; a median among them stands at the upper edge. They are counted in "
        "the data table."
    )


def _alt(data: Doses, record: Record) -> str:
    courses = "; ".join(f"{facet.name}, {_course(data, facet)}" for facet in data.facets)
    where = " at the least and the greatest dose" if data.joined else ""
    sentences = [
        f"{wording.upper_first(data.y_name)} against {data.x_name}, one panel per data set.",
        f"Median of {wording.runs(record)}{where}: {courses}.",
        _told_references(data),
        "Some runs diverged." if data.infinite else "",
    ]
    return " ".join(filter(None, sentences))


def _course(data: Doses, facet: Facet) -> str:
    return ", ".join(f"{line.name}: {wording.listed(_told(data, line))}" for line in facet.lines)


def _told(data: Doses, line: Line) -> list[str]:
    """The median at either end, or at every dose where they have no order."""
    told = list(zip(line.median, line.doses, strict=True))
    chosen = [told[0], told[-1]] if data.joined else told
    at = "at" if data.joined else "for"
    return [f"{wording.number(median)} {at} {_dose(dose)}" for median, dose in chosen]


def _dose(dose: Value) -> str:
    return dose if isinstance(dose, str) else wording.number(dose)


def _told_references(data: Doses) -> str:
    told = [f"{wording.number(f.reference)} on {f.name}" for f in data.facets if f.reference is not None]
    return f"The dotted line, {data.reference_name}, stands at {wording.listed(told)}." if told else ""


def _caption(data: Doses, record: Record) -> str:
    axes = "Vertical axes are logarithmic." if data.facets[0].y.kind == "log" else ""
    sentences = [
        f"{wording.upper_first(data.y_name)} against {data.x_name}, one panel per data set: median (dots) and "
        f"quartiles ({'band' if data.joined else 'bars'}) of {wording.runs(record)} each, "
        f"{wording.replicates(record)}.",
        axes,
        _told_references(data),
        data.infinite,
    ]
    return " ".join(filter(None, sentences))


def _table(data: Doses) -> Table:
    quantities = ("lower quartile", "median", "upper quartile")
    return Table(
        columns=(
            "data set",
            "line",
            data.x_name,
            *(wording.with_unit(quantity, data.unit) for quantity in quantities),
            "runs that diverged",
        ),
        rows=tuple(row for facet in data.facets for row in _rows(data, facet)),
    )


def _rows(data: Doses, facet: Facet) -> Iterator[tuple[Value, ...]]:
    for line in facet.lines:
        for row in zip(line.doses, line.low, line.median, line.high, line.infinite, strict=True):
            yield facet.name, line.name, *row
    if facet.reference is not None:
        yield facet.name, data.reference_name, facet.reference, "", "", "", ""


def draw(sheet: "Sheet", plot: Plot) -> list[Any]:
    """Draw the panels one below the other."""
    data: Doses = plot.payload
    name = wording.with_unit(wording.upper_first(data.y_name), data.unit)
    log = ", logarithmic axes" if data.facets[0].y.kind == "log" else ""
    artists: list[Any] = [*sheet.title(plot.title), *sheet.note(name + log)]
    right = lines.room_for(sheet, [line.name for line in data.lines])
    left = lines.left_of(sheet, [facet.y for facet in data.facets])
    for facet in data.facets:
        artists += _draw_facet(sheet, data, facet, left, right)
    artists += sheet.below(data.x_name, left, right)
    sheet.y += 8
    return artists + sheet.note(" ".join(filter(None, [data.note, data.infinite])))


def _draw_facet(sheet: "Sheet", data: Doses, facet: Facet, left: float, right: float) -> list[Any]:
    sheet.y += 14
    artists: list[Any] = sheet.heading(wording.upper_first(facet.name))
    baseline = sheet.y - HEADING * 0.28
    sheet.y += 8
    panel = sheet.panel(_HEIGHT, left, right)
    artists += sheet.vertical_axis(panel, facet.y)
    artists += sheet.horizontal_axis(panel, data.x, labelled=facet is data.facets[-1])
    if facet.reference is not None:
        artists += _draw_reference(sheet, panel, data, facet, baseline)
    for line in facet.lines:
        artists += (_draw_line if data.joined else _draw_bars)(sheet, panel, line, data.x, facet.y)
    ends = [
        lines.End(name=line.name, colour=sheet.palette.condition(line.position), value=line.median[-1])
        for line in facet.lines
    ]
    return artists + lines.name_ends(sheet, panel, ends, facet.y)


def _draw_reference(sheet: "Sheet", panel: "Panel", data: Doses, facet: Facet, baseline: float) -> list[Any]:
    """The dose to compare with as a line, and its name above it, where that is free beside the heading."""
    (at,) = data.x.at([facet.reference or math.nan])
    rule = panel.axes.plot([at, at], [0, 1], color=sheet.palette.ink, linewidth=RUN, linestyle=":")
    heading = sheet.widest([wording.upper_first(facet.name)], size=HEADING, bold=True)
    half = sheet.widest([data.reference_name]) / 2
    free = max(MARGIN + heading + 12 + half, panel.left + at * panel.width)
    x = min(free, WIDTH - MARGIN - half)
    return [*rule, sheet.text(x, baseline, data.reference_name, align="center")]


def _draw_line(sheet: "Sheet", panel: "Panel", line: Line, x: Scale, y: Scale) -> list[Any]:
    """The band of the quartiles and the medians."""
    colour, at = sheet.palette.condition(line.position), x.at(line.places)
    style: dict[str, Any] = {"color": colour, "linewidth": MEDIAN, "marker": "o", "markersize": 8, "clip_on": False}
    return [
        panel.axes.fill_between(
            at, y.at(line.low), y.at(line.high), color=colour, alpha=sheet.palette.band, linewidth=0
        ),
        *panel.axes.plot(at, y.at(line.median), **style),
    ]


def _draw_bars(sheet: "Sheet", panel: "Panel", line: Line, x: Scale, y: Scale) -> list[Any]:
    """A bar from quartile to quartile at each dose, and a dot at the median."""
    colour, at = sheet.palette.condition(line.position), x.at(line.places)
    style: dict[str, Any] = {"color": colour, "linestyle": "none", "marker": "o", "markersize": 10, "clip_on": False}
    return [
        panel.axes.vlines(at, y.at(line.low), y.at(line.high), color=colour, linewidth=MEDIAN, clip_on=False),
        *panel.axes.plot(at, y.at(line.median), **style),
    ]
