"""One run under each of several conditions, on one data set: does the same run fluctuate, or not?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from generator.figures import curves, lines, scales, wording
from generator.figures.curves import Series
from generator.figures.options import data_set_of, options_of
from generator.figures.plot import Plot, Table
from generator.figures.scales import Scale
from generator.figures.style import RUN
from generator.records.findings import ClaimFindings
from generator.records.record import Record
from generator.spec import Experiment, Figure
from generator.stats.roughness import upward_variation

if TYPE_CHECKING:
    from generator.figures.sheet import Sheet

_HEIGHT = 400


@dataclass(frozen=True, kw_only=True)
class Runs:
    """The same replicate under each condition, over one pair of axes."""

    series: tuple[Series, ...]
    replicate: int
    x: Scale
    y: Scale

    def run(self, series: Series) -> tuple[float, ...]:
        """The run of one condition."""
        return series.runs[self.replicate]


def prepare(figure: Figure, experiment: Experiment, record: Record, findings: Sequence[ClaimFindings]) -> Plot:
    """Compute the figure; options are `conditions`, by role, and `curve`. The record's first replicate is drawn."""
    del findings
    options, data_set = options_of(figure, ("conditions", "curve")), data_set_of(figure)
    drawn = tuple(
        curves.series(experiment, record, data_set, role, options["curve"], 1) for role in options["conditions"]
    )
    values = [value for series in drawn for run in series.runs.values() for value in run]
    payload = Runs(
        series=drawn,
        replicate=record.replicates[0],
        x=lines.point_axis(max(len(series.median) for series in drawn)),
        y=scales.of_values(curves.worst(values)).with_ticks(6),
    )
    return Plot.of(
        figure,
        alt=_alt(payload),
        caption=_caption(payload),
        table=_table(payload),
        payload=payload,
    )


def _name(data: Runs) -> str:
    return f"{wording.upper_first(data.series[0].name)} on {data.series[0].data_set}"


def _alt(data: Runs) -> str:
    told = "; ".join(f"{series.label}: {_course(data.run(series))}" for series in data.series)
    return f"{_name(data)}, one run (replicate {data.replicate}) under each condition. First and last value: {told}."


def _course(run: Sequence[float]) -> str:
    """Where a run begins and ends, and whether it ever rises."""
    rises = "rising now and then" if upward_variation(run) > 0 else "never rising"
    return f"{wording.number(run[0])} and {wording.number(run[-1])}, {rises}"


def _caption(data: Runs) -> str:
    point = wording.point_name(data.series[0].curve)
    return (
        f"{_name(data)} by {point}: one run (replicate {data.replicate}) under each condition. The runs share "
        "everything that the conditions do not change."
    )


def _table(data: Runs) -> Table:
    point = wording.point_name(data.series[0].curve)
    column = wording.with_unit(data.series[0].name, wording.unit(data.series[0].curve))
    return Table(
        columns=("condition", point, column),
        rows=tuple(
            (series.label, place, value)
            for series in data.series
            for place, value in enumerate(data.run(series), start=1)
        ),
    )


def draw(sheet: "Sheet", plot: Plot) -> list[Any]:
    """Draw all runs in one panel, named where they end."""
    data: Runs = plot.payload
    first = data.series[0]
    axis = wording.with_unit(first.name, wording.unit(first.curve))
    artists: list[Any] = [*sheet.title(plot.title), *sheet.note(f"{axis}, {first.data_set}")]
    sheet.y += 10
    left, right = lines.left_of(sheet, [data.y]), lines.room_for(sheet, [series.label for series in data.series])
    panel = sheet.panel(_HEIGHT, left, right)
    artists += sheet.vertical_axis(panel, data.y)
    artists += sheet.horizontal_axis(panel, data.x)
    for series in data.series:
        artists += lines.draw_run(sheet, panel, series, data.run(series), data.x, data.y, linewidth=RUN)
    artists += lines.name_ends(sheet, panel, [_end(sheet, data, series) for series in data.series], data.y)
    artists += sheet.below(wording.point_name(first.curve), left, right)
    sheet.y += 8
    return artists + sheet.note(f"One run, replicate {data.replicate}, under each condition.")


def _end(sheet: "Sheet", data: Runs, series: Series) -> lines.End:
    colour = sheet.palette.condition(series.position)
    return lines.End(name=series.label, colour=colour, value=data.run(series)[-1])
