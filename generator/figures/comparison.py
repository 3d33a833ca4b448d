"""A forest plot: by how much do two sides differ on each data set, and does it matter?"""

import functools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from generator.errors import UnknownNameError
from generator.figures import scales, wording
from generator.figures.options import options_of
from generator.figures.placing import swarm
from generator.figures.plot import Plot, Table, Value
from generator.figures.scales import Scale
from generator.figures.style import HEADING, LEADING, MARGIN, TEXT, WIDTH
from generator.records.findings import ClaimFindings, Finding
from generator.records.record import Record
from generator.records.rounding import rounded, rounded_all
from generator.spec import FAMILY_SIZE, Experiment, Figure
from generator.stats.verdicts import Verdict

if TYPE_CHECKING:
    from generator.figures.sheet import Panel, Sheet

#: Pixels of a strip: above the estimate's line for the dots, below it, and at the end for the name of the zone.
_DOTS, _BELOW, _ZONE_NAME = 68, 18, 26
_SIDE = MARGIN + 8

#: Diameters of dots, from the one for few to the one for many pairs of nearly the same effect.
_DOT_SIZES = (7.0, 6.0, 5.0)
_DOT_STYLE: dict[str, Any] = {
    "marker": "o",
    "markeredgewidth": 0,
    "linestyle": "none",
    "alpha": 0.8,
    "clip_on": False,
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One data set, as ratios or differences: an effect per pair, the estimate with its interval, and the verdict."""

    name: str
    effects: tuple[float, ...]
    estimate: float
    lower: float
    upper: float
    verdict: str
    number: str
    pairs: str
    infinite: int


@dataclass(frozen=True, kw_only=True)
class Forest:
    """Rows over one axis; `zone` has the effects too small to matter, `positions` the places of both conditions."""

    rows: tuple[Row, ...]
    x: Scale
    x_name: str
    neutral: float
    zone: tuple[float, float]
    sides: tuple[str, str]
    positions: tuple[int, int]
    compared: str
    note: str


def prepare(figure: Figure, experiment: Experiment, record: Record, findings: Sequence[ClaimFindings]) -> Plot:
    """Compute the figure; options are `claim` and `comparison`, one of the claim's, `"primary"` if not given."""
    options = options_of(figure, ("claim",), ("comparison",))
    found = _found(figure, findings, options["claim"], options["comparison"] or "primary")
    payload = _payload(experiment, found)
    return Plot.of(
        figure,
        alt=_alt(payload),
        caption=_caption(payload, record, found[0]),
        table=_table(payload, record),
        payload=payload,
        claim=options["claim"],
    )


def _found(figure: Figure, findings: Sequence[ClaimFindings], claim: str, comparison: str) -> tuple[Finding, ...]:
    by_claim = {found.claim.id: found for found in findings}
    if claim not in by_claim:
        raise UnknownNameError(f"claim of figure {figure.id}", claim, by_claim)
    if comparison not in by_claim[claim].claim.comparisons:
        raise UnknownNameError(f"comparison of figure {figure.id}", comparison, by_claim[claim].claim.comparisons)
    found = {finding.data_set: finding for finding in by_claim[claim].of(comparison)}
    if figure.data_set is None:
        return tuple(found.values())
    if figure.data_set not in found:
        raise UnknownNameError(f"data set of claim {claim}", figure.data_set, found)
    return (found[figure.data_set],)


def _payload(experiment: Experiment, found: Sequence[Finding]) -> Forest:
    comparison, is_ratio = found[0].comparison, found[0].is_ratio
    zone = (rounded(1 / comparison.margin) if is_ratio else -comparison.margin, comparison.margin)
    rows = tuple(_row(experiment, finding) for finding in found)
    larger, smaller = wording.side_names(experiment, comparison)
    x = _axis(rows, zone, is_ratio)
    compressed = " The axis is compressed beyond the shaded zone." if x.kind == "asinh" else ""
    roles = list(experiment.conditions)
    return Forest(
        rows=rows,
        x=x,
        x_name="ratio" if is_ratio else wording.with_unit("difference", comparison.unit),
        neutral=1.0 if is_ratio else 0.0,
        zone=zone,
        sides=(larger, smaller),
        positions=(roles.index(comparison.larger.condition), roles.index(comparison.smaller.condition)),
        compared=f"{wording.compared(experiment, comparison)}: {larger} {'against' if is_ratio else 'minus'} {smaller}",
        note=f"Dots: {found[0].estimate.n} pairs of runs. Bar: estimate and simultaneous 95 % interval.{compressed}",
    )


def _row(experiment: Experiment, finding: Finding) -> Row:
    estimate = finding.estimate
    effects = rounded_all(finding.told(effect) for effect in finding.effects)
    middle, lower, upper = rounded_all(finding.told(v) for v in (estimate.estimate, estimate.lower, estimate.upper))
    sign = "×\N{NO-BREAK SPACE}" if finding.is_ratio else "+" if middle > 0 else ""
    neutral = "×\N{NO-BREAK SPACE}1" if finding.is_ratio else "0"
    equal = sum(effect == 0 for effect in finding.effects)
    return Row(
        name=experiment.data_sets[finding.data_set].label,
        effects=effects,
        estimate=middle,
        lower=lower,
        upper=upper,
        verdict=finding.verdict.value,
        number=sign + wording.interval(middle, lower, upper),
        pairs=f"above {neutral} in {estimate.wins} of {estimate.n} pairs{f', equal in {equal}' if equal else ''}",
        infinite=estimate.infinite,
    )


def _axis(rows: Sequence[Row], zone: tuple[float, float], is_ratio: bool) -> Scale:
    values = [*zone, *(v for row in rows for v in (*row.effects, row.lower, row.upper))]
    if is_ratio:
        return scales.logarithmic(values).with_ticks(7, prefix="×")
    return scales.of_differences(values, zone[1]).with_ticks(7)


def _alt(data: Forest) -> str:
    rows = "; ".join(f"{row.name}: {row.number}, {row.verdict}, {row.pairs}" for row in data.rows)
    sentences = [
        f"{wording.upper_first(data.x_name)} of {data.compared}.",
        f"Estimate with simultaneous 95 % interval, verdict and pairs: {rows}.",
        _beyond(data),
    ]
    return " ".join(filter(None, sentences))


def _caption(data: Forest, record: Record, finding: Finding) -> str:
    low, high = (wording.number(v) for v in data.zone)
    compressed = " The axis is compressed beyond it." if data.x.kind == "asinh" else ""
    sentences = [
        f"{wording.upper_first(data.compared)}.",
        f"Each dot is one of {finding.estimate.n} pairs of runs with the same replicate number "
        f"({wording.replicates(record)}); bar and diamond are the Hodges-Lehmann estimate and its 95 % interval, "
        f"simultaneous over {FAMILY_SIZE} claims; effects in the shaded zone, {low} to {high}, are too small to matter."
        f"{compressed}",
        f"Verdict on claim {finding.claim.id}{_of_comparison(finding.name)}: {_verdicts(data)}.",
        _beyond(data),
    ]
    return " ".join(filter(None, sentences))


def _of_comparison(name: str) -> str:
    return "" if name == "primary" else f" ({name})"


def _verdicts(data: Forest) -> str:
    by_verdict: dict[str, list[str]] = {}
    for row in data.rows:
        by_verdict.setdefault(row.verdict, []).append(row.name)
    return "; ".join(f"{verdict} on {wording.listed(names)}" for verdict, names in by_verdict.items())


def _beyond(data: Forest) -> str:
    """A sentence on pairs without a finite effect; empty where there is none."""
    counts = [f"{row.infinite} of {len(row.effects)} on {row.name}" for row in data.rows if row.infinite]
    if not counts:
        return ""
    return (
        "Pairs without a finite effect, as a run diverged or one side is 0, stand at the end of the axis: "
        f"{wording.listed(counts)}."
    )


def _table(data: Forest, record: Record) -> Table:
    return Table(
        columns=("data set", "mark", data.x_name, "verdict"),
        rows=tuple(cells for row in data.rows for cells in _cells(row, data.zone, range(*record.replicates))),
    )


def _cells(row: Row, zone: tuple[float, float], replicates: range) -> Iterator[tuple[Value, ...]]:
    yield row.name, "estimate", row.estimate, row.verdict
    yield row.name, "95 % interval, lower", row.lower, ""
    yield row.name, "95 % interval, upper", row.upper, ""
    yield row.name, "negligible from", zone[0], ""
    yield row.name, "negligible to", zone[1], ""
    for replicate, effect in zip(replicates, row.effects, strict=True):
        yield row.name, f"replicate {replicate}", effect, ""


def draw(sheet: "Sheet", plot: Plot) -> list[Any]:
    """Draw the rows one below the other over one axis."""
    data: Forest = plot.payload
    artists: list[Any] = [*sheet.title(plot.title), *sheet.note(wording.upper_first(data.compared))]
    for row in data.rows:
        artists += _draw_row(sheet, data, row)
    artists += _draw_directions(sheet, data)
    artists += sheet.below(data.x_name, _SIDE, _SIDE)
    sheet.y += 8
    return artists + sheet.note(" ".join(filter(None, [data.note, _beyond(data)])))


def _draw_row(sheet: "Sheet", data: Forest, row: Row) -> list[Any]:
    sheet.y += 14
    artists = [*_draw_heading(sheet, row)]
    sheet.y += 8
    last = row is data.rows[-1]
    panel = sheet.panel(_DOTS + _BELOW + (_ZONE_NAME if last else 0), _SIDE, _SIDE)
    artists += _draw_zone(sheet, panel, data, named=last)
    artists += sheet.horizontal_axis(panel, data.x, labelled=last)
    artists += _draw_effects(sheet, panel, data, row)
    return artists + _draw_estimate(sheet, panel, data, row)


def _draw_heading(sheet: "Sheet", row: Row) -> list[Any]:
    """The data set and its number; below, how many pairs and the verdict."""
    room = WIDTH - 2 * MARGIN
    taken = sheet.widest([row.number], size=HEADING, bold=True)
    baseline = sheet.y + HEADING
    artists = [sheet.text(WIDTH - MARGIN, baseline, row.number, size=HEADING, bold=True, align="right")]
    artists += sheet.paragraph(wording.upper_first(row.name), size=HEADING, bold=True, width=room - taken - 12, lines=2)
    sheet.y += TEXT * LEADING
    colour = sheet.palette.verdicts[Verdict(row.verdict)]
    artists.append(sheet.text(MARGIN, sheet.y - 5, row.pairs, colour=sheet.palette.ink_soft))
    artists.append(sheet.text(WIDTH - MARGIN, sheet.y - 5, row.verdict, bold=True, colour=colour, align="right"))
    return artists


def _draw_zone(sheet: "Sheet", panel: "Panel", data: Forest, *, named: bool) -> list[Any]:
    """The shaded zone of effects too small to matter, and the line of no effect."""
    low, high = data.x.at(data.zone)
    (neutral,) = data.x.at([data.neutral])
    foot = _ZONE_NAME / panel.height if named else 0.0
    artists: list[Any] = [
        panel.axes.axvspan(low, high, color=sheet.palette.zone, linewidth=0, zorder=0.4),
        panel.axes.axvline(neutral, foot, color=sheet.palette.ink_soft, linewidth=1.6, zorder=1.8),
    ]
    if named:
        half = sheet.widest(["negligible"]) / 2
        centre = panel.left + (low + high) / 2 * panel.width
        x = min(max(centre, panel.left + half), panel.right - half)
        name = sheet.text(x, panel.top + panel.height - 7, "negligible", colour=sheet.palette.ink_soft, align="center")
        artists.append(name)
    return artists


def _draw_effects(sheet: "Sheet", panel: "Panel", data: Forest, row: Row) -> list[Any]:
    """A dot per pair in the colour of the side that is larger."""
    at = data.x.at(row.effects)
    dot, offsets = _fitted_swarm(tuple(position * panel.width for position in at.tolist()))
    heights = [1 - (_DOTS / 2 - offset) / panel.height for offset in offsets]
    larger, smaller = (sheet.palette.condition(position) for position in data.positions)
    artists: list[Any] = []
    for side, colour in {1: larger, -1: smaller, 0: sheet.palette.mark}.items():
        dots = [i for i, effect in enumerate(row.effects) if _side(effect, data.neutral) == side]
        if dots:
            xs, ys = [at[i] for i in dots], [heights[i] for i in dots]
            artists += panel.axes.plot(xs, ys, color=colour, markersize=dot - 0.6, **_DOT_STYLE)
    return artists


@functools.lru_cache(maxsize=64)
def _fitted_swarm(positions: tuple[float, ...]) -> tuple[float, tuple[float, ...]]:
    """The largest dot whose swarm fits the strip, and its offsets; the smallest dots overlap rather than not fit."""
    for dot in _DOT_SIZES:
        offsets = swarm(positions, dot)
        reach, room = max(map(abs, offsets)), (_DOTS - dot) / 2
        if reach <= room:
            return dot, offsets
    return dot, tuple(offset * room / reach for offset in offsets)


def _side(effect: float, neutral: float) -> int:
    return (effect > neutral) - (effect < neutral)


def _draw_estimate(sheet: "Sheet", panel: "Panel", data: Forest, row: Row) -> list[Any]:
    """The interval as a bar, with an arrow where it has no end, and the estimate as a diamond."""
    height = 1 - (_DOTS + 3) / panel.height
    low, middle, high = data.x.at([row.lower, row.estimate, row.upper])
    marks = [(middle, "D"), *([(low, "<")] * math.isinf(row.lower)), *([(high, ">")] * math.isinf(row.upper))]
    style: dict[str, Any] = {"color": sheet.palette.ink, "clip_on": False}
    artists: list[Any] = panel.axes.plot([low, high], [height] * 2, linewidth=4, solid_capstyle="butt", **style)
    for at, shape in marks:
        artists += panel.axes.plot([at], [height], marker=shape, markersize=11, **style)
    return artists


def _draw_directions(sheet: "Sheet", data: Forest) -> list[Any]:
    """Which side is larger to the left and to the right of no effect."""
    top, room = sheet.y, WIDTH / 2 - MARGIN - 12
    larger, smaller = (sheet.palette.condition(position) for position in data.positions)
    artists = sheet.paragraph(f"← larger: {data.sides[1]}", bold=True, colour=smaller, width=room, lines=3)
    below, sheet.y = sheet.y, top
    left = WIDTH / 2 + 12
    artists += sheet.paragraph(
        f"larger: {data.sides[0]} →", bold=True, colour=larger, left=left, width=room, align="right", lines=3
    )
    sheet.y = max(sheet.y, below)
    return artists
