"""Small multiples over a grid of settings: what does a curve look like where two settings change at once?"""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.figures import curves, lines, scales, wording
from generator.figures.curves import Series
from generator.figures.options import data_set_of, options_of
from generator.figures.plot import Plot, Table, Value
from generator.figures.scales import Scale
from generator.figures.style import LEADING, MARGIN, MEDIAN, TEXT, WIDTH
from generator.records.findings import ClaimFindings
from generator.records.record import Record
from generator.spec import Experiment, Figure

if TYPE_CHECKING:
    from generator.figures.sheet import Sheet

_HEIGHT, _GAP = 96, 14

#: The share of all values that an axis has room for: a few that are far higher would leave none for the others.
_SHOWN = 0.97
_BEYOND = "All panels have the same axes; what is higher stands at the upper edge."


@dataclass(frozen=True, kw_only=True)
class Row:
    """One value of the one setting: a curve for each value of the other."""

    value: str
    series: Mapping[str, Series]


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Rows of panels that share both axes, and the names of the settings."""

    rows: tuple[Row, ...]
    row: str
    column: str
    x: Scale
    y: Scale
    divergence: str

    @property
    def series(self) -> list[Series]:
        """All curves."""
        return [series for row in self.rows for series in row.series.values()]


def prepare(figure: Figure, experiment: Experiment, record: Record, findings: Sequence[ClaimFindings]) -> Plot:
    """Compute the figure.

    Options are `curve`; `row` and `column`, what the two settings are; and `cells`, a mapping of each value of the
    row's to the roles by the column's.
    """
    del findings
    options, data_set = options_of(figure, ("curve", "row", "column", "cells")), data_set_of(figure)
    rows = tuple(
        Row(value=value, series=dict(_series(experiment, record, data_set, options["curve"], place, roles)))
        for place, (value, roles) in enumerate(options["cells"].items())
    )
    drawn = [series for row in rows for series in row.series.values()]
    payload = Grid(
        rows=rows,
        row=options["row"],
        column=options["column"],
        x=lines.point_axis(max(len(series.median) for series in drawn)).with_ticks(3),
        y=shared_axis(curves.finite(drawn)).with_ticks(4),
        divergence=curves.divergence(drawn, record),
    )
    return Plot.of(
        figure,
        alt=_alt(payload),
        caption=_caption(payload, record),
        table=_table(payload),
        payload=payload,
    )


def _series(
    experiment: Experiment, record: Record, data_set: str, curve: str, place: int, roles: Mapping[str, str]
) -> Iterator[tuple[str, Series]]:
    """A row's curves by the value of its column's setting, all in the colour of the row."""
    for value, role in roles.items():
        found = curves.series(experiment, record, data_set, role, curve, 1)
        yield value, dataclasses.replace(found, position=place)


def shared_axis(values: Iterable[float]) -> Scale:
    """A linear axis with room for nearly all of these values; the highest stand at its end."""
    known = np.sort(list(values))
    return scales.linear(known[: max(2, round(_SHOWN * len(known)))].tolist())


def _name(data: Grid) -> str:
    first = data.series[0]
    return f"{wording.upper_first(first.name)} on {first.data_set}"


def _alt(data: Grid) -> str:
    ends = "; ".join(f"{data.row} {row.value}: {_ends(row)}" for row in data.rows)
    rates = wording.listed(list(data.rows[0].series))
    sentences = [
        f"{_name(data)}, one run at each {data.column} ({rates}) and {data.row}.",
        f"Its last value, in the order of the {data.column}: {ends}.",
        "Some runs diverged." if data.divergence else "",
    ]
    return " ".join(filter(None, sentences))


def _ends(row: Row) -> str:
    return wording.listed([wording.number(_run(series)[-1], 2) for series in row.series.values()])


def _caption(data: Grid, record: Record) -> str:
    sentences = [
        f"{_name(data)} by {wording.point_name(data.series[0].curve)}, at each {data.column} (columns) and {data.row} "
        f"(rows): one run (replicate {record.replicates[0]}, line) and the 5 to 95 % band of {wording.runs(record)} "
        f"({wording.replicates(record)}). {_BEYOND}",
        data.divergence,
    ]
    return " ".join(filter(None, sentences))


def _run(series: Series) -> tuple[float, ...]:
    (run,) = series.runs.values()
    return run


def _table(data: Grid) -> Table:
    first = data.series[0]
    return Table(
        columns=(data.row, data.column, wording.point_name(first.curve), *curves.columns(first)),
        rows=tuple(_rows(data)),
    )


def _rows(data: Grid) -> Iterator[tuple[Value, ...]]:
    for row in data.rows:
        for value, series in row.series.items():
            for point, numbers in enumerate(curves.rows(series), start=1):
                yield (row.value, value, point, *numbers)


def draw(sheet: "Sheet", plot: Plot) -> list[Any]:
    """Draw the panels row by row, the settings' values above and before them."""
    data: Grid = plot.payload
    first = data.series[0]
    axis = wording.with_unit(first.name, wording.unit(first.curve))
    artists: list[Any] = [*sheet.title(plot.title), *sheet.note(f"{axis}, {first.data_set}")]
    left = lines.left_of(sheet, [data.y])
    width = (WIDTH - left - MARGIN - _GAP * (len(data.rows[0].series) - 1)) / len(data.rows[0].series)
    lefts = [left + place * (width + _GAP) for place in range(len(data.rows[0].series))]
    sheet.y += 12
    artists += sheet.heading(wording.upper_first(data.column))
    artists += _columns(sheet, list(data.rows[0].series), lefts, width)
    for row in data.rows:
        artists += _draw_row(sheet, data, row, lefts, width)
    artists += sheet.below(wording.point_name(first.curve), left, MARGIN)
    sheet.y += 8
    return artists + sheet.note(f"Line: one run. Band: 5 to 95 % of all runs. {_BEYOND}")


def _columns(sheet: "Sheet", values: Sequence[str], lefts: Sequence[float], width: float) -> list[Any]:
    """The values of the columns' setting, above them."""
    sheet.y += TEXT * LEADING + 4
    return [
        sheet.text(left + width / 2, sheet.y - 5, value, bold=True, align="center")
        for value, left in zip(values, lefts, strict=True)
    ]


def _draw_row(sheet: "Sheet", data: Grid, row: Row, lefts: Sequence[float], width: float) -> list[Any]:
    """One row of panels; the last has the labels of the horizontal axis, the first panel those of the vertical one."""
    colour = sheet.palette.condition(data.rows.index(row))
    sheet.y += 6
    artists: list[Any] = sheet.paragraph(f"{data.row} {row.value}", bold=True, colour=colour)
    sheet.y += 4
    top, first = sheet.y, next(iter(row.series.values()))
    for left, series in zip(lefts, row.series.values(), strict=True):
        sheet.y = top
        panel = sheet.panel(_HEIGHT, left, WIDTH - left - width)
        artists += sheet.vertical_axis(panel, data.y if series is first else _unlabelled(data.y))
        artists += sheet.horizontal_axis(panel, data.x, labelled=row is data.rows[-1])
        artists += lines.draw_band(sheet, panel, series, data.x, data.y)
        artists += lines.draw_run(sheet, panel, series, _run(series), data.x, data.y, linewidth=MEDIAN / 2)
    sheet.y += 8
    return artists


def _unlabelled(scale: Scale) -> Scale:
    """The same ticks without labels, which the first panel has."""
    return dataclasses.replace(scale, labels=("",) * len(scale.ticks))
