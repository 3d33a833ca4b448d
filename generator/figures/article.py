"""The article's own plot over what it cannot show: its single run among all runs of the same setting."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from generator.figures import curves, lines, scales, wording
from generator.figures.curves import Series
from generator.figures.options import data_set_of, metric_of, options_of
from generator.figures.plot import Plot, Table, Value
from generator.figures.scales import Scale
from generator.figures.style import RUN, THIN
from generator.records.findings import ClaimFindings
from generator.records.record import Record
from generator.spec import Experiment, Figure

if TYPE_CHECKING:
    from generator.figures.sheet import Panel, Sheet

#: Heights of a panel that is alone and of one of several, in pixels.
_ALONE, _SHARED = 330, 220


@dataclass(frozen=True, kw_only=True)
class Example:
    """One condition of the article's example: its curves, and the epoch that early stopping ends the run at, if any."""

    name: str
    series: tuple[Series, ...]
    stop: int | None


@dataclass(frozen=True, kw_only=True)
class Article:
    """Panels that share both axes; sentences say where the single run stands, where it is ended, and what diverged."""

    examples: tuple[Example, ...]
    x: Scale
    y: Scale
    y_name: str
    note: str
    places: tuple[str, ...]
    stops: tuple[str, ...]
    divergence: str

    @property
    def series(self) -> list[Series]:
        """All curves."""
        return [series for example in self.examples for series in example.series]


def prepare(figure: Figure, experiment: Experiment, record: Record, findings: Sequence[ClaimFindings]) -> Plot:
    """Compute the figure.

    Options are `conditions`, by role, one panel each; `curves`, on one axis as the article draws them; `epochs`, the
    article's; `metric`, the id of one by which the run is ranked; `stopping`, the id of one that holds the last epoch
    trained under early stopping.
    """
    del findings
    options = options_of(figure, ("conditions", "curves", "epochs"), ("metric", "stopping"))
    payload = _payload(figure, experiment, record, options)
    return Plot.of(
        figure,
        alt=_alt(payload, record),
        caption=_caption(payload, record),
        table=_table(payload),
        payload=payload,
    )


def _payload(figure: Figure, experiment: Experiment, record: Record, options: dict[str, Any]) -> Article:
    data_set, epochs = data_set_of(figure), options["epochs"]
    groups = {
        role: tuple(curves.series(experiment, record, data_set, role, name, 1, epochs) for name in options["curves"])
        for role in options["conditions"]
    }
    ends = {role: _end(record, data_set, role, options["stopping"], epochs) for role in groups}
    drawn = [series for group in groups.values() for series in group]
    return Article(
        examples=tuple(
            Example(name=experiment.labels[role], series=group, stop=ends[role]) for role, group in groups.items()
        ),
        x=lines.point_axis(epochs),
        y=scales.linear(curves.finite(drawn)).with_ticks(6),
        y_name=f"{_quantities(drawn)} on {drawn[0].data_set}",
        note=_note(drawn, record),
        places=tuple(_places(experiment, record, data_set, list(groups), options["metric"])),
        stops=tuple(_stops(record, data_set, ends, options["stopping"], epochs)),
        divergence=curves.divergence(drawn, record),
    )


def _quantities(drawn: Sequence[Series]) -> str:
    found = {series.curve.rpartition("_")[2]: wording.unit(series.curve) for series in drawn}
    return wording.listed([wording.with_unit(quantity.replace("_", " "), unit) for quantity, unit in found.items()])


def _note(drawn: Sequence[Series], record: Record) -> str:
    run = wording.single(drawn[0].runs)
    return f"Dots: {run}, a run as in the article. Thin line and band: median and 5 to 95 % of {wording.runs(record)}."


def _is_validation(series: Series) -> bool:
    return series.curve.startswith("val_")


def _end(record: Record, data_set: str, role: str, metric: str | None, epochs: int) -> int | None:
    """The epoch that early stopping ends the first run at, where it does."""
    if metric is None:
        return None
    last = record.metric(data_set, role, metric)[0]
    return int(last) if last < epochs else None


def _stops(
    record: Record, data_set: str, ends: dict[str, int | None], metric: str | None, epochs: int
) -> Iterator[str]:
    for role, end in ends.items() if metric else ():
        values = record.metric(data_set, role, str(metric))
        stopped = f"of {wording.runs(record)} it ends {sum(value < epochs for value in values)}"
        if end is None:
            yield f"Early stopping does not end this run within {epochs} epochs; {stopped}."
        else:
            yield f"Early stopping ends this run after epoch {end}; {stopped} before epoch {epochs}."


def _places(
    experiment: Experiment, record: Record, data_set: str, roles: Sequence[str], metric: str | None
) -> Iterator[str]:
    for role in roles if metric else ():
        found = metric_of(experiment, data_set, role, str(metric))
        values = record.metric(data_set, role, found.id)
        where = f" at {experiment.labels[role]}" if len(roles) > 1 else ""
        yield (
            f"By {wording.measured(experiment, found)}, replicate {record.replicates[0]} ranks {_rank(values)} of "
            f"{wording.runs(record)}{where}, the largest first ({wording.number(values[0])})."
        )


def _rank(values: Sequence[float]) -> str:
    """The place of the first value among all, from the largest; a range where others equal it."""
    first = 1 + sum(value > values[0] for value in values)
    last = first + values.count(values[0]) - 1
    return wording.ordinal(first) if first == last else f"{wording.ordinal(first)} to {wording.ordinal(last)}"


def _alt(data: Article, record: Record) -> str:
    runs = "; ".join(map(_course, data.examples))
    ends = ", ".join(_named_end(series, len(data.examples) > 1) for series in data.series)
    first = data.series[0]
    epochs, run = len(first.median), wording.upper_first(wording.single(first.runs))
    sentences = [
        f"{run} over {epochs} epochs on {first.data_set}: {runs}.",
        f"Median and 5 to 95 % range of {wording.runs(record)} at epoch {epochs}: {ends}.",
        *data.places,
        *data.stops,
        data.divergence,
    ]
    return " ".join(filter(None, sentences))


def _course(example: Example) -> str:
    changes = [
        f"{series.name} from {wording.number(run[0])} to {wording.number(run[-1])}"
        for series in example.series
        for run in series.runs.values()
    ]
    return f"{example.name}, {wording.listed(changes)}"


def _named_end(series: Series, named: bool) -> str:
    name = f"{series.label}, {series.name}" if named else series.name
    return f"{name} {curves.ending(series)}"


def _caption(data: Article, record: Record) -> str:
    first = data.series[0]
    run = wording.single(first.runs)
    settings = wording.listed([example.name for example in data.examples])
    sentences = [
        f"The article's setting ({settings}) on {first.data_set}: {run} (line with dots) is one run "
        f"as the article shows it; behind it the median (thin line) and 5 to 95 % band of {wording.runs(record)}, "
        f"{wording.replicates(record)}.",
        *data.places,
        *data.stops,
        data.divergence,
    ]
    return " ".join(filter(None, sentences))


def _table(data: Article) -> Table:
    first = data.examples[0]
    return Table(
        columns=("condition", "epoch", *(name for series in first.series for name in curves.columns(series))),
        rows=tuple(row for example in data.examples for row in _rows(example)),
    )


def _rows(example: Example) -> Iterator[tuple[Value, ...]]:
    for point, parts in enumerate(zip(*(curves.rows(series) for series in example.series), strict=True), start=1):
        yield (example.name, point, *(value for part in parts for value in part))


def draw(sheet: "Sheet", plot: Plot) -> list[Any]:
    """Draw the panels one below the other."""
    data: Article = plot.payload
    artists: list[Any] = [*sheet.title(plot.title), *sheet.note(data.y_name)]
    right = lines.room_for(sheet, [_marked_name(data, series) for series in data.series])
    left = lines.left_of(sheet, [data.y])
    for example in data.examples:
        artists += _draw_example(sheet, data, example, left, right)
    artists += sheet.below("epoch", left, right)
    sheet.y += 8
    return artists + sheet.note(" ".join([data.note, *data.places, *data.stops, data.divergence]))


def _draw_example(sheet: "Sheet", data: Article, example: Example, left: float, right: float) -> list[Any]:
    colour = sheet.palette.condition(example.series[0].position)
    sheet.y += 14
    artists: list[Any] = sheet.heading(wording.upper_first(example.name), colour)
    sheet.y += 8
    panel = sheet.panel(_ALONE if len(data.examples) == 1 else _SHARED, left, right)
    artists += sheet.vertical_axis(panel, data.y)
    artists += sheet.horizontal_axis(panel, data.x, labelled=example is data.examples[-1])
    for series in example.series:
        artists += _draw_series(sheet, panel, data, series)
    if example.stop is not None:
        artists += _draw_stop(sheet, panel, data, example.stop)
    ends = [
        lines.End(name=_marked_name(data, series), colour=colour, value=run[-1])
        for series in example.series
        for run in series.runs.values()
    ]
    return artists + lines.name_ends(sheet, panel, ends, data.y)


def _marked_name(data: Article, series: Series) -> str:
    """The curve's name, with its mark where there are two kinds."""
    if not any(map(_is_validation, data.series)):
        return series.name
    return f"○ {series.name}" if _is_validation(series) else f"● {series.name}"


def _draw_series(sheet: "Sheet", panel: "Panel", data: Article, series: Series) -> list[Any]:
    (run,) = series.runs.values()
    hollow = {"linestyle": "--", "markerfacecolor": sheet.palette.paper} if _is_validation(series) else {}
    style = {"linewidth": RUN, "marker": "o", "markersize": 7, "markeredgewidth": 2, **hollow}
    return [
        *lines.draw_band(sheet, panel, series, data.x, data.y),
        *lines.draw_median(sheet, panel, series, data.x, data.y, linewidth=THIN),
        *lines.draw_run(sheet, panel, series, run, data.x, data.y, **style),
    ]


def _draw_stop(sheet: "Sheet", panel: "Panel", data: Article, stop: int) -> list[Any]:
    (at,) = data.x.at([stop])
    rule = panel.axes.plot([at, at], [0, 1], color=sheet.palette.ink, linewidth=RUN, linestyle=":")
    side = "left" if at < 0.5 else "right"
    x = panel.left + at * panel.width + (8 if side == "left" else -8)
    return [*rule, sheet.text(x, panel.top + 16, "early stopping", align=side, bold=True)]
