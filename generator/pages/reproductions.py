"""What the scripts for downloading train again with plain Keras: curves of a few runs, as they were published."""

import dataclasses
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.figures.wording import curve_name
from generator.records.record import Cell, Record
from generator.spec import Call, Condition, Experiment, Measurement, SpecificationError

#: Added to a replicate for what its twin draws anew (`generator.training.twins`, which the report half cannot import).
_TWIN_OFFSET = 50_000

_SORTED = "generator.running.reading:trained_on_sorted"
_TWINS = "generator.running.twins:compare"

#: The curve that holds the end of another.
_LAST_STEPS = "step_end_error"

#: What a curve of a measurement is called where an ordinary run of the same condition records it.
_NAMES = {
    "train_error": "train_loss",
    _LAST_STEPS: "step_loss",
    "distance": "train_loss",
    "evaluated_loss": "val_loss",
    "unpenalised_loss": "val_data_loss",
}

#: Where data sets come from that are not drawn.
_PACKAGES = {"digits": "scikit-learn", "breast_cancer": "scikit-learn"}

#: So many points of a curve are compared at most, evenly spread, so that the script stays short.
_COMPARED = 50


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """Which curves of an experiment a script repeats.

    `roles`, `curves` and `replicates` are combined, only one of them having several. Where no curve but a `statistic`
    of it is published, that is compared. Rounding takes some runs along another path: only the `first` points of a
    curve are compared then, or runs are `drawn` without comparing them. `tolerance` is in the curve's unit: published
    numbers have four digits, which is half of it or less, and the rest is for arithmetic that rounds otherwise.
    """

    roles: tuple[str, ...]
    curves: tuple[str, ...]
    replicates: tuple[int, ...] = (0,)
    statistic: str | None = None
    first: int | None = None
    drawn: tuple[str, ...] = ()
    tolerance: float = 0.001


#: What to repeat where it is not the loss that Keras prints of the first two conditions.
REPEATS: Mapping[str, Repeat] = {
    "batch-size": Repeat(roles=("small", "large"), curves=("step_loss",)),
    "edge-of-stability": Repeat(
        roles=("large", "small"), curves=("step_end_error",), drawn=("large",), tolerance=0.0001
    ),
    "how-often": Repeat(roles=("medium", "medium-fast"), curves=("loss",), statistic="max_draw_up"),
    "initial-weights": Repeat(roles=("init", "order"), curves=("distance",)),
    "learning-rate": Repeat(roles=("high", "low"), curves=("loss",), first=10),
    "learning-rates": Repeat(roles=("sgd-10", "sgd-0.1", "sgd-0.001"), curves=("loss",)),
    "penalty-in-evaluation": Repeat(
        roles=("evaluated",), curves=("evaluated_loss", "unpenalised_loss"), statistic="last"
    ),
    "regularisation": Repeat(roles=("none", "l2-0.1"), curves=("loss",)),
    "saddle-points": Repeat(roles=("small", "usual"), curves=("train_error",)),
    "sources-of-spread": Repeat(roles=("crossed",), curves=("train_loss",), replicates=(0, 1)),
    "two-losses": Repeat(roles=("trained",), curves=("loss", "train_loss")),
    "validation-split": Repeat(roles=("shuffled", "sorted"), curves=("val_data_loss",)),
}


@dataclass(frozen=True, kw_only=True)
class Run:
    """One training run: its condition, whose initial weights and order it has, and whether its examples are sorted."""

    condition: Condition
    init: int
    order: int
    by_class: bool


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a script's plot: a run's curve, or its distance from another run's, and the published points.

    `points` is how long the curve is, `at` the positions of the published points in it, counted from 0.
    """

    label: str
    run: Run
    curve: str
    points: int
    published: tuple[float, ...]
    at: range
    twin: Run | None


@dataclass(frozen=True, kw_only=True)
class Roughness:
    """The published roughness of each line, and over which points of the curve, counted from 1."""

    window: tuple[int, int]
    values: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Reproduction:
    """All that a script repeats of an experiment, on one of its data sets."""

    experiment: Experiment
    data_set: str
    repeat: Repeat
    lines: tuple[Line, ...]
    roughness: Roughness | None
    versions: Mapping[str, str]

    @property
    def runs(self) -> list[Run]:
        """Every run that is trained."""
        return [run for line in self.lines for run in (line.run, line.twin) if run]

    @property
    def source(self) -> Call:
        """What draws the examples."""
        return self.lines[0].run.condition.data

    @property
    def packages(self) -> list[str]:
        """What the script has to have installed, in the versions that the record was made with."""
        name = self.source.path.split(":")[1]
        needed = ["tensorflow", "keras", "numpy", "matplotlib", *([_PACKAGES[name]] if name in _PACKAGES else [])]
        known = {package: version for package, version in self.versions.items() if version != "absent"}
        return [f"{package}=={known[package]}" if package in known else package for package in needed]


def repeat_of(experiment: Experiment) -> Repeat | None:
    """Which curves a script repeats: by default, the printed loss of the first two conditions that just train."""
    if experiment.id in REPEATS:
        return REPEATS[experiment.id]
    roles = [role for role, c in experiment.conditions.items() if isinstance(c, Condition) and not c.noise_of_batch]
    printed = any(curve.name == "loss" for curve in experiment.curves)
    return Repeat(roles=tuple(roles[:2]), curves=("loss",)) if roles and printed else None


def reproduction_of(experiment: Experiment, record: Record) -> Reproduction | None:
    """What a script repeats of this experiment; None where no short one can."""
    repeat = repeat_of(experiment)
    if repeat is None:
        return None
    data_set = "planted-teacher" if "planted-teacher" in experiment.data_sets else next(iter(experiment.data_sets))
    sources = list(_sources(experiment, repeat, record, data_set))
    return Reproduction(
        experiment=experiment,
        data_set=data_set,
        repeat=repeat,
        lines=tuple(_line(experiment, repeat, source) for source in sources),
        roughness=_roughness(sources),
        versions=record.provenance.get("versions", {}),
    )


@dataclass(frozen=True, kw_only=True)
class _Source:
    """Where a line comes from: a curve of a replicate, in a cell of the record."""

    role: str
    curve: str
    replicate: int
    condition: Condition | Measurement
    cell: Cell


def _sources(experiment: Experiment, repeat: Repeat, record: Record, data_set: str) -> Iterator[_Source]:
    conditions, cells = experiment.on(data_set), record.cells[data_set]
    for role, curve, replicate in itertools.product(repeat.roles, repeat.curves, repeat.replicates):
        yield _Source(role=role, curve=curve, replicate=replicate, condition=conditions[role], cell=cells[role])


def _line(experiment: Experiment, repeat: Repeat, source: _Source) -> Line:
    run = _run(source.condition, source.replicate)
    published = _published(repeat, source)
    points = _points(run.condition, source.curve, len(published))
    every = -(-len(published) // _COMPARED)
    kept = slice(0) if source.role in repeat.drawn else slice(every - 1, repeat.first, every)
    return Line(
        label=_label(experiment, repeat, source),
        run=run,
        curve=_name(source.curve, run.condition),
        points=points,
        published=published[kept],
        at=range(points - len(published), points)[kept],
        twin=_twin(run, source.condition),
    )


def _label(experiment: Experiment, repeat: Repeat, source: _Source) -> str:
    """What distinguishes a line from the others."""
    if len(repeat.curves) > 1:
        return curve_name(experiment, source.curve)
    return f"replicate {source.replicate}" if len(repeat.replicates) > 1 else experiment.labels[source.role]


def _published(repeat: Repeat, source: _Source) -> tuple[float, ...]:
    """The published points of a curve, or the one number that is published of it."""
    if repeat.statistic is None:
        return source.cell.curves[source.curve].runs[source.replicate]
    named = f"{repeat.statistic} of {source.curve},"
    (values,) = (values for name, values in source.cell.metrics.items() if name.startswith(named))
    return (values[source.replicate],)


def _roughness(sources: Sequence[_Source]) -> Roughness | None:
    """The roughness that is published of every line over the same points."""
    found = [dict(_windows(source)) for source in sources]
    shared = [window for window in found[0] if all(window in values for values in found)]
    return Roughness(window=shared[0], values=tuple(values[shared[0]] for values in found)) if shared else None


def _windows(source: _Source) -> Iterator[tuple[tuple[int, int], float]]:
    for name, values in source.cell.metrics.items():
        if found := re.fullmatch(rf"second_difference_sd of {source.curve}, (\d+) to (\d+)", name):
            yield (int(found[1]), int(found[2])), values[source.replicate]


def _points(condition: Condition, curve: str, published: int) -> int:
    """How many epochs or steps a run takes until its curve has all published points."""
    if curve == _LAST_STEPS:  # of whole batches, so that a pass is a step
        return condition.epochs * condition.passes
    return condition.epochs if published == 1 else published


def _run(condition: Condition | Measurement, replicate: int) -> Run:
    trained = condition.condition if isinstance(condition, Measurement) else condition
    if trained is None:
        raise SpecificationError("expected a script to repeat a training run, found a measurement without one")
    by_class = isinstance(condition, Measurement) and condition.function.path == _SORTED
    init, order = divmod(replicate, trained.crossed) if trained.crossed else (replicate, replicate)
    return Run(condition=trained, init=init, order=order, by_class=by_class)


def _twin(run: Run, condition: Condition | Measurement) -> Run | None:
    """The run that a curve tells the distance from."""
    if isinstance(condition, Condition) or condition.function.path != _TWINS:
        return None
    anew = condition.function.parameters["anew"]
    return dataclasses.replace(run, **{name: getattr(run, name) + _TWIN_OFFSET for name in anew})


def _name(curve: str, condition: Condition) -> str:
    """The curve as an ordinary run of the condition has it."""
    name = _NAMES.get(curve, curve)
    return name if condition.model.parameters.get("l2") else name.replace("_data_loss", "_loss")
