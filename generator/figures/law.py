"""Does a quantity follow a law? What was measured, as dots with bars, on the line that theory predicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from generator.figures import curves, lines, scales, wording
from generator.figures.curves import Series
from generator.figures.options import options_of
from generator.figures.plot import Plot, Table
from generator.figures.scales import Scale
from generator.figures.style import MARGIN, MEDIAN, TEXT
from generator.records.findings import ClaimFindings
from generator.records.record import Record
from generator.spec import Experiment, Figure

if TYPE_CHECKING:
    from generator.figures.sheet import Panel, Sheet

_HEIGHT = 170

_BOTH = ("measured", "predicted")

#: Factor by which the horizontal axis reaches beyond the first and last value.
_AROUND = 1.25


@dataclass(frozen=True, kw_only=True)
class Facet:
    """One data set: what was measured, what was predicted, and the vertical axis."""

    measured: Series
    predicted: Series
    y: Scale


@dataclass(frozen=True, kw_only=True)
class Law:
    """Data sets over one horizontal axis, with what was varied `at` which values."""

    facets: tuple[Facet, ...]
    at: tuple[float, ...]
    x: Scale
    x_name: str
    y_name: str
    note: str


def prepare(figure: Figure, experiment: Experiment, record: Record, findings: Sequence[ClaimFindings]) -> Plot:
    """Compute the figure.

    Options are `condition`, by role; the curves `measured` and `predicted`, whose points belong to the values `at`; and
    what these values are `of`.
    """
    del findings
    options = options_of(figure, ("condition", "measured", "predicted", "at", "of"))
    data_sets = [figure.data_set] if figure.data_set else list(experiment.data_sets)
    payload = _payload(experiment, record, data_sets, options)
    return Plot.of(
        figure,
        alt=_alt(payload, record),
        caption=_caption(payload, record),
        table=_table(payload),
        payload=payload,
    )


def _payload(experiment: Experiment, record: Record, data_sets: Sequence[str], options: dict[str, Any]) -> Law:
    at = tuple(float(value) for value in options["at"])
    pairs = [
        [curves.series(experiment, record, name, options["condition"], options[which], 0, len(at)) for which in _BOTH]
        for name in data_sets
    ]
    x = scales.logarithmic([at[0] / _AROUND, at[-1] * _AROUND])
    return Law(
        facets=tuple(
            Facet(measured=m, predicted=p, y=scales.logarithmic(curves.finite([m, p])).with_ticks(5)) for m, p in pairs
        ),
        at=at,
        x=Scale(low=x.low, high=x.high, kind="log", ticks=at, labels=tuple(wording.number(value) for value in at)),
        x_name=f"{options['of']}, logarithmic axes",
        y_name=pairs[0][0].name,
        note=f"Dots: median of {wording.runs(record)}. Bars: 5 to 95 % of them. Line: predicted.",
    )


def _alt(data: Law, record: Record) -> str:
    ends = "; ".join(f"{panel.measured.data_set}, {_ending(panel)}" for panel in data.facets)
    last = wording.number(data.at[-1])
    return (
        f"{wording.upper_first(data.y_name)} at {len(data.at)} values of the {_of(data)}, median of "
        f"{wording.runs(record)}, and the predicted line. "
        f"Measured (5 to 95 % range) against predicted at {last}: {ends}."
    )


def _ending(panel: Facet) -> str:
    return f"{curves.ending(panel.measured)} against {wording.number(panel.predicted.median[-1])}"


def _of(data: Law) -> str:
    return data.x_name.removesuffix(", logarithmic axes")


def _caption(data: Law, record: Record) -> str:
    return (
        f"{wording.upper_first(data.y_name)} by {_of(data)}, one panel per data set: median and 5 to 95 % range of "
        f"{wording.runs(record)} ({wording.replicates(record)}), and what theory predicts (line). "
        "Both axes are logarithmic."
    )


def _table(data: Law) -> Table:
    measured = data.facets[0].measured
    return Table(
        columns=("data set", _of(data), *curves.columns(measured), f"{data.facets[0].predicted.name}, median"),
        rows=tuple(
            (panel.measured.data_set, at, *row, predicted)
            for panel in data.facets
            for at, row, predicted in zip(data.at, curves.rows(panel.measured), panel.predicted.median, strict=True)
        ),
    )


def draw(sheet: "Sheet", plot: Plot) -> list[Any]:
    """Draw the panels one below the other."""
    data: Law = plot.payload
    artists: list[Any] = [*sheet.title(plot.title), *sheet.note(data.y_name)]
    left = lines.left_of(sheet, [panel.y for panel in data.facets])
    for panel in data.facets:
        artists += _draw_panel(sheet, data, panel, left)
    artists += sheet.below(data.x_name, left, MARGIN)
    sheet.y += 8
    return artists + sheet.note(data.note)


def _draw_panel(sheet: "Sheet", data: Law, shown: Facet, left: float) -> list[Any]:
    sheet.y += 14
    artists: list[Any] = sheet.heading(wording.upper_first(shown.measured.data_set))
    sheet.y += 8
    panel = sheet.panel(_HEIGHT, left, MARGIN)
    artists += sheet.vertical_axis(panel, shown.y)
    artists += sheet.horizontal_axis(panel, data.x, labelled=shown is data.facets[-1])
    at, colour = data.x.at(data.at), sheet.palette.condition(shown.measured.position)
    low, middle, high = (shown.y.at(v) for v in (shown.measured.low, shown.measured.median, shown.measured.high))
    predicted = shown.y.at(shown.predicted.median)
    artists += panel.axes.plot(at, predicted, color=sheet.palette.ink_soft, linewidth=MEDIAN / 2)
    artists.append(panel.axes.vlines(at, low, high, color=colour, linewidth=MEDIAN))
    artists += panel.axes.plot(at, middle, "o", markersize=8, markeredgewidth=0, clip_on=False, color=colour)
    if shown is data.facets[0]:
        artists += _draw_names(sheet, panel, float(at[1]), float(predicted[0]), colour)
    return artists


def _draw_names(sheet: "Sheet", panel: "Panel", x: float, y: float, colour: str) -> list[Any]:
    """Name dots and line once, as high as the first dot and right of the second, where a falling line leaves room."""
    left, top = panel.left + x * panel.width + 18, panel.y(y) + 0.36 * TEXT
    return [
        sheet.text(left, top, "measured", bold=True, colour=colour),
        sheet.text(left + sheet.widest(["measured "], bold=True) + 6, top, "predicted", colour=sheet.palette.ink_soft),
    ]
