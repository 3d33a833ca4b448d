"""In how many runs does a curve go the wrong way by more than a little? A share and its interval per condition."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from generator.figures import wording
from generator.figures.options import options_of
from generator.figures.plot import Plot, Table
from generator.figures.scales import Scale
from generator.figures.style import LEADING, MARGIN, TEXT
from generator.records.findings import ClaimFindings
from generator.records.record import Record
from generator.records.rounding import rounded_all
from generator.spec import Experiment, Figure
from generator.stats.inference import wilson_interval

if TYPE_CHECKING:
    from generator.figures.sheet import Panel, Sheet

_ROW = 30
_GAP = 18


@dataclass(frozen=True, kw_only=True)
class Row:
    """One condition: in how many of its runs it happens, as a share with Wilson's 95 % interval."""

    label: str
    count: int
    runs: int
    share: float
    lower: float
    upper: float

    @property
    def told(self) -> str:
        """The count in words."""
        return f"{self.count} of {self.runs}"


@dataclass(frozen=True, kw_only=True)
class Facet:
    """One data set."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class Shares:
    """Facets over one axis of shares, and what is counted."""

    facets: tuple[Facet, ...]
    x: Scale
    counted: str

    @property
    def labels(self) -> list[str]:
        """The conditions."""
        return [row.label for row in self.facets[0].rows]


def prepare(figure: Figure, experiment: Experiment, record: Record, findings: Sequence[ClaimFindings]) -> Plot:
    """Compute the figure.

    Options are `conditions`, by role; the ids of the metrics `wrong_way`, the largest movement the wrong way, and
    `net`, the movement from the first point to the last; the `share` of the net movement from which on a run is
    counted; and `counted`, which says in words what such a run is.
    """
    del findings
    options = options_of(figure, ("conditions", "wrong_way", "net", "share", "counted"))
    data_sets = [figure.data_set] if figure.data_set else list(experiment.data_sets)
    facets = tuple(
        Facet(
            name=experiment.data_sets[name].label,
            rows=tuple(_row(experiment, record, name, role, options) for role in options["conditions"]),
        )
        for name in data_sets
    )
    payload = Shares(facets=facets, x=Scale(low=0.0, high=1.0).with_ticks(6), counted=options["counted"])
    return Plot.of(
        figure,
        alt=_alt(payload, record),
        caption=_caption(payload, record),
        table=_table(payload),
        payload=payload,
    )


def _row(experiment: Experiment, record: Record, data_set: str, role: str, options: dict[str, Any]) -> Row:
    wrong_way, net = (record.metric(data_set, role, options[name]) for name in ("wrong_way", "net"))
    count = sum(_is_counted(wrong, moved, options["share"]) for wrong, moved in zip(wrong_way, net, strict=True))
    interval = wilson_interval(count, len(net))
    share, lower, upper = rounded_all((interval.estimate, interval.lower, interval.upper))
    return Row(label=experiment.labels[role], count=count, runs=len(net), share=share, lower=lower, upper=upper)


def _is_counted(wrong_way: float, net: float, share: float) -> bool:
    """A run that diverged went the wrong way by any measure."""
    return math.isinf(wrong_way) or wrong_way > share * abs(net)


def _alt(data: Shares, record: Record) -> str:
    ranges = "; ".join(f"{facet.name}, {_range(facet)}" for facet in data.facets)
    return (
        f"Share of {wording.runs(record)} per setting in which {data.counted}. "
        f"Lowest and highest share on each data set: {ranges}."
    )


def _range(facet: Facet) -> str:
    ordered = sorted(facet.rows, key=lambda row: row.share)
    return " to ".join(f"{wording.number(row.share)} ({row.label})" for row in (ordered[0], ordered[-1]))


def _caption(data: Shares, record: Record) -> str:
    return (
        f"In how many of {wording.runs(record)} per setting ({wording.replicates(record)}) {data.counted}, with "
        "Wilson's 95 % interval of the share. The settings are all that were tried: other settings give other shares."
    )


def _table(data: Shares) -> Table:
    return Table(
        columns=(
            "data set",
            "setting",
            "runs counted",
            "runs",
            "share",
            "95 % interval, lower",
            "95 % interval, upper",
        ),
        rows=tuple(
            (facet.name, row.label, row.count, row.runs, row.share, row.lower, row.upper)
            for facet in data.facets
            for row in facet.rows
        ),
    )


def draw(sheet: "Sheet", plot: Plot) -> list[Any]:
    """Draw the data sets one below the other, a line for each setting."""
    data: Shares = plot.payload
    artists: list[Any] = [*sheet.title(plot.title), *sheet.note(f"Runs in which {data.counted}")]
    left = MARGIN + sheet.widest(data.labels) + _GAP
    right = MARGIN + sheet.widest([row.told for facet in data.facets for row in facet.rows], bold=True) + _GAP
    for facet in data.facets:
        artists += _draw_facet(sheet, data, facet, left, right)
    artists += sheet.below("share of runs", left, right)
    sheet.y += 8
    return artists + sheet.note("Dot: share of the runs. Bar: its 95 % interval.")


def _draw_facet(sheet: "Sheet", data: Shares, facet: Facet, left: float, right: float) -> list[Any]:
    sheet.y += 14
    artists: list[Any] = sheet.heading(wording.upper_first(facet.name))
    sheet.y += 6
    panel = sheet.panel(_ROW * len(facet.rows), left, right)
    artists += sheet.horizontal_axis(panel, data.x, labelled=facet is data.facets[-1])
    heights = [1 - (place + 0.5) / len(facet.rows) for place in range(len(facet.rows))]
    artists += _draw_intervals(sheet, panel, data, facet, heights)
    for row, height in zip(facet.rows, heights, strict=True):
        baseline = panel.y(height) + TEXT * (LEADING - 1)
        artists.append(sheet.text(MARGIN, baseline, row.label))
        artists.append(sheet.text(panel.right + _GAP, baseline, row.told, bold=True))
    return artists


def _draw_intervals(sheet: "Sheet", panel: "Panel", data: Shares, facet: Facet, heights: Sequence[float]) -> list[Any]:
    """A bar and a dot for each setting."""
    low, share, high = (data.x.at([getattr(row, name) for row in facet.rows]) for name in ("lower", "share", "upper"))
    bars = panel.axes.hlines(heights, low, high, colors=sheet.palette.mark, linewidth=5, clip_on=False)
    dots: dict[str, Any] = {
        "color": sheet.palette.ink,
        "marker": "o",
        "markersize": 10,
        "linestyle": "none",
        "clip_on": False,
    }
    return [bars, *panel.axes.plot(share, heights, **dots)]
