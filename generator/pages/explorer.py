"""What the explorer shows: a small file for each setting, made from the record, and what its page offers to choose."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from generator.errors import GeneratorError
from generator.figures import curves, lines
from generator.figures.curves import Series
from generator.figures.grid import shared_axis
from generator.figures.scales import Scale
from generator.figures.wording import point_name
from generator.pages.inputs import Study
from generator.pages.wording import number
from generator.records.exploration import Exploration, explore
from generator.spec import Experiment, Measurement, Metric
from generator.stats.inference import Estimate
from generator.stats.verdicts import Verdict

#: The experiment that is explored, and the folder of its files.
NAME = "explorer"

#: What every setting is compared with, Keras' own defaults: learning rate and batch size.
REFERENCE = (0.001, 32)

#: How the measurement names what it has smoothed: the curve, this, and the strength.
_SMOOTHED = "_smoothed_"

#: What a verdict says where nothing was claimed.
_MEANING = {
    Verdict.SUPPORTED: "rougher",
    Verdict.REVERSED: "smoother",
    Verdict.NEGLIGIBLE: "too close to matter",
    Verdict.NO_MATERIAL_EFFECT: "no material difference",
    Verdict.INCONCLUSIVE: "undecided",
}

#: A learning rate and a batch size.
Setting = tuple[float, int]


@dataclass(frozen=True, kw_only=True)
class Explorer:
    """What a reader can choose, and what there is to see in each setting, in the form of its file.

    `comparisons` counts those that the intervals hold for together.
    """

    curves: Mapping[str, str]
    smoothings: tuple[str, ...]
    comparisons: int
    reference: Setting
    shown: Mapping[Setting, Mapping[str, Any]]

    @property
    def rates(self) -> list[str]:
        """The learning rates, lowest first, as files are named by them."""
        return [f"{rate:g}" for rate in sorted({rate for rate, _ in self.shown})]

    @property
    def batches(self) -> list[str]:
        """The batch sizes, smallest first, as files are named by them."""
        return [f"{batch}" for batch in sorted({batch for _, batch in self.shown})]


def explorers_of(studies: Iterable[Study]) -> dict[str, Explorer]:
    """The explorer by the name of its experiment; none without it."""
    found = {study.experiment.id: study for study in studies}
    return {NAME: explorer_of(found[NAME])} if NAME in found else {}


def explorer_files(explorers: Mapping[str, Explorer]) -> dict[str, bytes]:
    """The files of explorers by path."""
    return {
        f"{name}/{rate:g}-{batch}.json": _json(shown)
        for name, explorer in explorers.items()
        for (rate, batch), shown in explorer.shown.items()
    }


def explorer_of(study: Study) -> Explorer:
    """The explorer of an experiment whose conditions are a grid."""
    experiment, roles = study.experiment, _roles(study.experiment)
    if REFERENCE not in roles:
        raise GeneratorError(f"experiment {experiment.id}: expected a condition of {REFERENCE}, found none")
    explored = explore(experiment, study.record, _data_set(experiment), roles[REFERENCE])
    drawn = {curve.name: _series(study, curve.name) for curve in experiment.curves}
    axes = {name: shared_axis(curves.finite(series.values())).with_ticks(6) for name, series in drawn.items()}
    return Explorer(
        curves={curve.name: curve.label for curve in experiment.curves},
        smoothings=tuple(dict.fromkeys(f"{_of(e)[1]:g}" for e in explored[roles[REFERENCE]])),
        comparisons=sum(e.estimate is not None for found in explored.values() for e in found),
        reference=REFERENCE,
        shown={
            setting: {
                **_ending(study, role),
                "curves": {name: _curve(drawn[name][role], axes[name], explored[role]) for name in drawn},
            }
            for setting, role in roles.items()
        },
    )


def _roles(experiment: Experiment) -> dict[Setting, str]:
    """The place of each condition in the grid."""
    trained = {
        role: condition.condition if isinstance(condition, Measurement) else condition
        for role, condition in experiment.conditions.items()
    }
    return {
        (float(condition.optimizer.parameters["learning_rate"]), condition.batch_size): role
        for role, condition in trained.items()
        if condition
    }


def _data_set(experiment: Experiment) -> str:
    return next(iter(experiment.data_sets))


def _series(study: Study, curve: str) -> dict[str, Series]:
    """A curve in each setting, by role."""
    experiment = study.experiment
    return {
        role: curves.series(experiment, study.record, _data_set(experiment), role, curve, 1)
        for role in experiment.conditions
    }


def _ending(study: Study, role: str) -> dict[str, Any]:
    """How many runs there are, and where they end, whatever the plot: the metric of every condition."""
    (end,) = (measure for measure in study.experiment.measures if isinstance(measure, Metric))
    values = study.record.metric(_data_set(study.experiment), role, end.id)
    return {"runs": len(values), "end": _spread(values)}


def _of(explored: Exploration) -> tuple[str, float]:
    """The curve that was explored, and how strongly it was smoothed."""
    curve, _, smoothing = explored.metric.curve.partition(_SMOOTHED)
    return curve, float(smoothing or 0)


def _curve(series: Series, axis: Scale, explored: Sequence[Exploration]) -> dict[str, Any]:
    """One curve: its numbers as they stand in the record, its axes, and what is found at each smoothing."""
    (run,) = series.runs.values()
    found = {f"{smoothing:g}": e for e in explored for curve, smoothing in [_of(e)] if curve == series.curve}
    return {
        "point": point_name(series.curve),
        "run": _finite(run),
        "low": _finite(series.low),
        "high": _finite(series.high),
        "x": _axis(lines.point_axis(len(run))),
        "y": _axis(axis),
        "window": next(iter(found.values())).metric.window,
        "smoothed": {smoothing: _found(e) for smoothing, e in found.items()},
    }


def _axis(scale: Scale) -> dict[str, Any]:
    return {"low": scale.low, "high": scale.high, "ticks": list(zip(scale.ticks, scale.labels, strict=True))}


def _finite(values: Sequence[float]) -> list[float | None]:
    """Numbers as JSON has them; JSON knows no infinity."""
    return [value if math.isfinite(value) else None for value in values]


def _found(explored: Exploration) -> dict[str, Any]:
    """What is found of one curve at one smoothing; numbers as pages write them."""
    roughness = {"roughness": _spread(explored.roughness)}
    if explored.estimate is None or explored.verdict is None:
        return roughness
    verdict = {"verdict": explored.verdict.value, "meaning": _MEANING[explored.verdict]}
    return {**roughness, "ratio": _ratio(explored.estimate), **verdict}


def _ratio(estimate: Estimate) -> list[str]:
    """The estimate and the limits of its simultaneous interval."""
    return [number(math.exp(value)) for value in (estimate.estimate, estimate.lower, estimate.upper)]


def _spread(values: Sequence[float]) -> list[str]:
    """The median and the limits between which 90 % of the runs are."""
    with np.errstate(invalid="ignore"):
        found = np.quantile(values, (0.5, 0.05, 0.95))
    return [number(value) for value in np.where(np.isnan(found), math.inf, found)]


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
