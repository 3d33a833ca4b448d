"""One run seen three ways: the loss of each step, the epoch mean that Keras reports, and the exact loss."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from generator.errors import GeneratorError
from generator.figures import lines, scales, wording
from generator.figures.curves import run_of, worst
from generator.figures.options import data_set_of, options_of
from generator.figures.plot import Plot, Table
from generator.figures.scales import Scale
from generator.figures.style import MEDIAN, RUN, THIN
from generator.records.findings import ClaimFindings
from generator.records.record import Record
from generator.records.rounding import rounded
from generator.spec import Experiment, Figure

if TYPE_CHECKING:
    from generator.figures.sheet import Sheet

_HEIGHT = 360

#: How far, relative to it, the mean of an epoch's steps may be from the epoch's loss: the last batch may be smaller.
_TOLERANCE = 0.005


@dataclass(frozen=True, kw_only=True)
class Points:
    """One of the curves: where in the run each point stands, in epochs, and its loss."""

    name: str
    at: tuple[float, ...]
    loss: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class OneRun:
    """The three curves of one run on one pair of axes; `movement` says how much each moves."""

    steps: Points
    means: Points
    exact: Points
    x: Scale
    y: Scale
    position: int
    setting: str
    movement: str

    @property
    def curves(self) -> tuple[Points, Points, Points]:
        """All three."""
        return self.steps, self.means, self.exact


def prepare(figure: Figure, experiment: Experiment, record: Record, findings: Sequence[ClaimFindings]) -> Plot:
    """Compute the figure.

    Options are `condition`, by role; `epochs`, those that the recorded steps make up; and `replicate`, counted from the
    record's first, which is drawn if it is not given.
    """
    del findings
    options = options_of(figure, ("condition", "epochs"), ("replicate",))
    replicate = record.replicates[0] + (options["replicate"] or 0)
    payload = _payload(figure, experiment, record, options["condition"], options["epochs"], replicate)
    return Plot.of(
        figure,
        alt=_alt(payload),
        caption=_caption(payload),
        table=_table(payload),
        payload=payload,
    )


def _payload(
    figure: Figure, experiment: Experiment, record: Record, condition: str, epochs: int, replicate: int
) -> OneRun:
    data_set = data_set_of(figure)
    step_loss, loss, train_loss = (
        run_of(record.curve(data_set, condition, curve), replicate) for curve in ("step_loss", "loss", "train_loss")
    )
    means, exact = loss[:epochs], train_loss[:epochs]
    count = _steps_per_epoch(figure, step_loss, means, epochs)
    points = range(1, epochs + 1)
    return OneRun(
        steps=Points(
            name="loss of each step",
            at=tuple(round(step / count, 6) for step in range(1, len(step_loss) + 1)),
            loss=step_loss,
        ),
        means=Points(name="epoch mean", at=tuple(epoch - 0.5 for epoch in points), loss=means),
        exact=Points(name="exact loss", at=tuple(float(epoch) for epoch in points), loss=exact),
        x=Scale(low=0.0, high=float(epochs)).with_ticks(6),
        y=scales.linear([*step_loss, *means, *exact]).with_ticks(6),
        position=list(experiment.conditions).index(condition),
        setting=f"{experiment.labels[condition]} on {experiment.data_sets[data_set].label}, replicate {replicate}",
        movement=f"{_movement('step', step_loss)} {_movement('epoch mean', means)}",
    )


def _steps_per_epoch(figure: Figure, step_loss: Sequence[float], means: Sequence[float], epochs: int) -> int:
    """How many steps an epoch has, checked by the mean of each epoch's steps."""
    count, rest = divmod(len(step_loss), epochs)
    if rest or len(means) < epochs:
        raise GeneratorError(f"figure {figure.id}: expected the steps of {epochs} epochs, found {len(step_loss)} steps")
    for epoch, mean in enumerate(means):
        found = statistics.fmean(step_loss[epoch * count : (epoch + 1) * count])
        if math.isfinite(found) and abs(found - mean) > _TOLERANCE * abs(mean):
            raise GeneratorError(
                f"figure {figure.id}: epoch {epoch + 1}: expected {count} steps of mean loss {mean:g}, found {found:g}"
            )
    return count


def _movement(point: str, losses: Sequence[float]) -> str:
    """How often a curve rises from point to point, and how far at most."""
    changes = [after - before for before, after in pairwise(worst(losses)) if math.isfinite(before)]
    rises = [change for change in changes if change > 0]
    most = f", by at most {wording.number(rounded(max(rises)))}" if rises else ""
    return f"From one {point} to the next the loss rises in {len(rises)} of {len(changes)} cases{most}."


def _alt(data: OneRun) -> str:
    courses = [
        f"the {points.name} goes from {wording.number(points.loss[0])} to {wording.number(points.loss[-1])}"
        for points in (data.means, data.exact)
    ]
    low, high = (wording.number(limit) for limit in (min(data.steps.loss), max(worst(data.steps.loss))))
    return (
        f"One run ({data.setting}): the {data.steps.name} lies between {low} and {high}, {wording.listed(courses)}. "
        f"{data.movement}"
    )


def _caption(data: OneRun) -> str:
    return (
        f"Three curves of one run ({data.setting}) over {len(data.means.loss)} epochs: the loss of each of "
        f"{len(data.steps.loss)} steps' batches (thin line), the mean of each epoch's steps as Keras has it (dots, in "
        "the middle of the epoch), and the exact loss of the whole training set at the end of each epoch (diamonds). "
        f"{data.movement}"
    )


def _table(data: OneRun) -> Table:
    return Table(
        columns=("curve", "epoch", "loss (nats)"),
        rows=tuple(
            (points.name, at, loss) for points in data.curves for at, loss in zip(points.at, points.loss, strict=True)
        ),
    )


def draw(sheet: "Sheet", plot: Plot) -> list[Any]:
    """Draw the three curves on one panel."""
    data: OneRun = plot.payload
    artists: list[Any] = [*sheet.title(plot.title), *sheet.note(f"loss (nats), {data.setting}")]
    sheet.y += 14
    ends = _ends(sheet, data)
    right = lines.room_for(sheet, [end.name for end in ends])
    left = lines.left_of(sheet, [data.y])
    panel = sheet.panel(_HEIGHT, left, right)
    artists += sheet.vertical_axis(panel, data.y)
    artists += sheet.horizontal_axis(panel, data.x)
    colour, ink = sheet.palette.condition(data.position), sheet.palette.ink
    hollow = {"marker": "D", "markerfacecolor": sheet.palette.paper, "markeredgewidth": 2, "linestyle": "--"}
    styles: list[dict[str, Any]] = [
        {"color": colour, "linewidth": THIN},
        {"color": ink, "linewidth": MEDIAN, "marker": "o", "markersize": 11},
        {"color": ink, "linewidth": RUN, "markersize": 9, **hollow},
    ]
    for points, style in zip(data.curves, styles, strict=True):
        artists += panel.axes.plot(data.x.at(points.at), data.y.at(worst(points.loss)), clip_on=False, **style)
    artists += lines.name_ends(sheet, panel, ends, data.y)
    artists += sheet.below("epoch", left, right)
    sheet.y += 8
    return artists + sheet.note(data.movement)


def _ends(sheet: "Sheet", data: OneRun) -> list[lines.End]:
    """The steps are named at the height of the last epoch's highest, as the very last may be anywhere."""
    highest = max(worst(data.steps.loss[-len(data.steps.loss) // len(data.means.loss) :]))
    colour, ink = sheet.palette.condition(data.position), sheet.palette.ink
    return [
        lines.End(name=data.steps.name, colour=colour, value=highest),
        lines.End(name=f"● {data.means.name}", colour=ink, value=data.means.loss[-1]),
        lines.End(name=f"◇ {data.exact.name}", colour=ink, value=data.exact.loss[-1]),
    ]
