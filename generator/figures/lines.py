"""Curves on a panel: band, median, single runs, and their names where they end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from generator.figures.curves import Series, worst
from generator.figures.placing import spread
from generator.figures.scales import Scale
from generator.figures.style import LEADING, MARGIN, MEDIAN, TEXT, THIN

if TYPE_CHECKING:
    from generator.figures.sheet import Panel, Sheet

#: Room for the names of curves, at most.
_NAMES = 176
_GAP = 10


@dataclass(frozen=True, kw_only=True)
class End:
    """Where a curve ends, its name and its colour."""

    name: str
    colour: str
    value: float


def point_axis(last: int) -> Scale:
    """The horizontal axis over the epochs or steps 1 to `last`, with a tick at the first."""
    scale = Scale(low=1.0, high=max(last, 2)).with_ticks(6)
    later = [(t, label) for t, label in zip(scale.ticks, scale.labels, strict=True) if t == int(t) > 1]
    return replace(scale, ticks=(1.0, *(t for t, _ in later)), labels=("1", *(label for _, label in later)))


def draw_band(sheet: "Sheet", panel: "Panel", series: Series, x: Scale, y: Scale) -> list[Any]:
    """The 5 to 95 % band over the replicates."""
    at = x.at(range(1, len(series.median) + 1))
    low, high = y.at(worst(series.low)), y.at(worst(series.high))
    colour = sheet.palette.condition(series.position)
    return [panel.axes.fill_between(at, low, high, color=colour, alpha=sheet.palette.band, linewidth=0)]


def draw_median(sheet: "Sheet", panel: "Panel", series: Series, x: Scale, y: Scale, **line: Any) -> list[Any]:
    """The median over the replicates."""
    return draw_run(sheet, panel, series, series.median, x, y, **{"linewidth": MEDIAN, **line})


def draw_run(
    sheet: "Sheet", panel: "Panel", series: Series, values: Sequence[float], x: Scale, y: Scale, **line: Any
) -> list[Any]:
    """One line through all points, in the colour of the condition."""
    style = {"color": sheet.palette.condition(series.position), "linewidth": THIN, "solid_joinstyle": "round", **line}
    return panel.axes.plot(x.at(range(1, len(values) + 1)), y.at(worst(values)), clip_on=False, **style)


def room_for(sheet: "Sheet", names: Sequence[str]) -> float:
    """How many pixels the names of curves need to the right of a panel."""
    return _GAP + max(sheet.widest(sheet.wrapped(name, _NAMES, bold=True), bold=True) for name in names) + MARGIN


def left_of(sheet: "Sheet", axes: Sequence[Scale]) -> float:
    """Where panels begin that have these vertical axes: right of the widest tick label, in pixels."""
    return MARGIN + sheet.widest([label for axis in axes for label in axis.labels]) + _GAP


def name_ends(sheet: "Sheet", panel: "Panel", ends: Sequence[End], y: Scale) -> list[Any]:
    """Write the names beside the last points, pushed apart where they would touch."""
    blocks = [sheet.wrapped(end.name, _NAMES, bold=True) for end in ends]
    heights = [len(block) * TEXT * LEADING for block in blocks]
    centres = [panel.y(float(y.at(worst([end.value]))[0])) for end in ends]
    placed = spread(centres, heights, panel.top - 14, panel.top + panel.height)
    artists = []
    for end, block, height, centre in zip(ends, blocks, heights, placed, strict=True):
        for row, words in enumerate(block):
            baseline = centre - height / 2 + (row + 0.79) * TEXT * LEADING
            artists.append(sheet.text(panel.right + _GAP, baseline, words, bold=True, colour=end.colour))
    return artists
