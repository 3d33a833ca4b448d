"""Small multiples, one panel a data set: how do the runs of each condition spread?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from generator.figures import curves, lines, scales, wording
from generator.figures.curves import Series
from generator.figures.options import options_of
from generator.figures.plot import Plot, Table
from generator.figures.scales import Scale
from generator.figures.style import RUN
from generator.records.findings import ClaimFindings
from generator.records.record import Record
from generator.spec import Experiment, Figure

if TYPE_CHECKING:
    from generator.figures.sheet import Panel, Sheet

#: Single runs drawn of each condition; one is enough of the hundreds of steps of a run.
RUNS = {"epoch": 2, "step": 1}

_HEIGHT = 190


@dataclass(frozen=True, kw_only=True)
class Facet:
    """One data set: its curves and its vertical axis."""

    series: tuple[Series, ...]
    y: Scale


@dataclass(frozen=True, kw_only=True)
class Ensemble:
    """Facets over one horizontal axis, and what axes and marks mean; `divergence` tells of runs that diverged.

    `level` is a value to compare the curves with, and its name.
    """

    facets: tuple[Facet, ...]
    x: Scale
    x_name: str
    y_name: str
    note: str
    divergence: str
    level: tuple[float, str] | None

    @property
    def series(self) -> list[Series]:
        """All curves."""
        return [series for facet in self.facets for series in facet.series]


def prepare(figure: Figure, experiment: Experiment, record: Record, findings: Sequence[ClaimFindings]) -> Plot:
    """Compute the figure; options are `conditions`, by role, `curve`, and `level`, a value to mark with its name."""
    del findings
    options = options_of(figure, ("conditions", "curve"), ("level",))
    data_sets = [figure.data_set] if figure.data_set else list(experiment.data_sets)
    kept = RUNS[wording.point_name(options["curve"])]
    groups = [
        [curves.series(experiment, record, name, role, options["curve"], kept) for role in options["conditions"]]
        for name in data_sets
    ]
    payload = _payload(groups, record, options["level"])
    return Plot.of(
        figure,
        alt=_alt(payload, record),
        caption=_caption(payload, record),
        table=_table(payload),
        payload=payload,
    )


def _payload(groups: Sequence[Sequence[Series]], record: Record, level: tuple[float, str] | None) -> Ensemble:
    curve = groups[0][0]
    axes = scales.alike([[*curves.finite(group), *([level[0]] if level else [])] for group in groups], ticks=5)
    name = wording.with_unit(curve.name, wording.unit(curve.curve))
    return Ensemble(
        facets=tuple(Facet(series=tuple(group), y=y) for group, y in zip(groups, axes, strict=True)),
        x=lines.point_axis(max(len(series.median) for group in groups for series in group)),
        x_name=wording.point_name(curve.curve),
        y_name=f"{name}, logarithmic axes" if axes[0].kind == "log" else name,
        note=f"Thick: median of {wording.runs(record)}. Band: 5 to 95 % of them. Thin: {wording.single(curve.runs)}.",
        divergence=curves.divergence([series for group in groups for series in group], record),
        level=level,
    )


def _alt(data: Ensemble, record: Record) -> str:
    first = data.series[0]
    points = {f"{data.x_name} {len(series.median)}" for series in data.series}
    where = points.pop() if len(points) == 1 else "the last point"
    ends = "; ".join(f"{facet.series[0].data_set}, {_endings(facet)}" for facet in data.facets)
    sentences = [
        f"{wording.upper_first(first.name)} of {wording.runs(record)} per condition, one panel per data set.",
        f"Median and 5 to 95 % range at {where}: {ends}.",
        data.divergence,
    ]
    return " ".join(filter(None, sentences))


def _endings(facet: Facet) -> str:
    return ", ".join(f"{series.label}: {curves.ending(series)}" for series in facet.series)


def _caption(data: Ensemble, record: Record) -> str:
    first = data.series[0]
    axes = (
        f"Vertical axes are logarithmic, as values in one panel differ by more than {scales.LOGARITHMIC_FROM:g} times."
        if data.facets[0].y.kind == "log"
        else ""
    )
    sentences = [
        f"{wording.upper_first(first.name)} by {data.x_name}, one panel per data set: median (thick line) and 5 to "
        f"95 % band of {wording.runs(record)} per condition ({wording.replicates(record)}), and the single runs of "
        f"{wording.single(first.runs)} (thin lines).",
        axes,
        data.divergence,
    ]
    return " ".join(filter(None, sentences))


def _table(data: Ensemble) -> Table:
    return Table(
        columns=("data set", "condition", data.x_name, *curves.columns(data.series[0])),
        rows=tuple(
            (series.data_set, series.label, point, *row)
            for series in data.series
            for point, row in enumerate(curves.rows(series), start=1)
        ),
    )


def draw(sheet: "Sheet", plot: Plot) -> list[Any]:
    """Draw the panels one below the other."""
    data: Ensemble = plot.payload
    artists: list[Any] = [*sheet.title(plot.title), *sheet.note(data.y_name)]
    right = lines.room_for(sheet, [*(series.label for series in data.series), data.level[1] if data.level else ""])
    left = lines.left_of(sheet, [facet.y for facet in data.facets])
    for facet in data.facets:
        artists += _draw_facet(sheet, data, facet, left, right)
    artists += sheet.below(data.x_name, left, right)
    sheet.y += 8
    return artists + sheet.note(f"{data.note} {data.divergence}")


def _draw_facet(sheet: "Sheet", data: Ensemble, facet: Facet, left: float, right: float) -> list[Any]:
    sheet.y += 14
    artists: list[Any] = sheet.heading(wording.upper_first(facet.series[0].data_set))
    sheet.y += 8
    panel = sheet.panel(_HEIGHT, left, right)
    artists += sheet.vertical_axis(panel, facet.y)
    artists += sheet.horizontal_axis(panel, data.x, labelled=facet is data.facets[-1])
    ends = [_end(sheet, series) for series in facet.series]
    if data.level:
        artists.append(_draw_level(sheet, panel, facet.y, data.level[0]))
        ends.append(lines.End(name=data.level[1], colour=sheet.palette.ink_soft, value=data.level[0]))
    for series in facet.series:
        artists += lines.draw_band(sheet, panel, series, data.x, facet.y)
    for series in facet.series:
        for run in series.runs.values():
            artists += lines.draw_run(sheet, panel, series, run, data.x, facet.y)
    for series in facet.series:
        artists += lines.draw_median(sheet, panel, series, data.x, facet.y)
    return artists + lines.name_ends(sheet, panel, ends, facet.y)


def _draw_level(sheet: "Sheet", panel: "Panel", y: Scale, value: float) -> Any:
    """A dashed line across the panel at one value."""
    (at,) = y.at([value]).tolist()
    return panel.axes.axhline(at, color=sheet.palette.ink_soft, linewidth=RUN, linestyle="dashed", zorder=1.5)


def _end(sheet: "Sheet", series: Series) -> lines.End:
    return lines.End(name=series.label, colour=sheet.palette.condition(series.position), value=series.median[-1])
