"""A record for any experiment, made up from what it declares, and its figures; no run and no file behind it."""

import functools
import hashlib
import math
import pickle
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from generator import experiments
from generator.figures.catalogue import Plot, prepare
from generator.records.findings import find
from generator.records.record import QUANTILES, Cell, CurveSummary, Record
from generator.records.rounding import rounded_all
from generator.spec import Condition, Experiment, Figure, Measurement
from tests.sharing import made_once

EXAMPLES = 1000

#: Replicates that blow up halfway where they are asked to: more than 5 % of all, and one of them drawn by itself.
DIVERGED = (1, 5, 9, 13)

#: Every figure's experiment and specification.
FIGURES = {f.id: (e, f) for e in experiments.load().values() for f in e.figures}

#: The first figure of each kind.
FIRST_OF_KIND = {figure.kind: name for name, (_, figure) in reversed(FIGURES.items())}

Curves = dict[str, npt.NDArray[np.float64]]


@functools.cache
def record_of(name: str, *, diverging: bool = False) -> Record:
    """A record with every metric and curve that an experiment declares; its first condition may diverge."""
    experiment = experiments.find(name)
    roles = list(experiment.conditions)
    cells: dict[str, dict[str, Cell]] = {}
    for place, (data_set, role, condition) in enumerate(experiment.cells()):
        broken = diverging and role == roles[0]
        trained = condition.condition if isinstance(condition, Measurement) else condition
        cell = _cell(experiment, data_set, role, trained, np.random.default_rng(place), broken)
        cells.setdefault(data_set, {})[role] = cell
    return Record(
        experiment=experiment.id,
        replicates=(0, experiment.replicates),
        registration={claim.id: experiment.registration(claim) for claim in experiment.claims},
        provenance={},
        cells=cells,
    )


def figures_of(*kinds: str) -> list[object]:
    """The ids of all figures of some kinds, or of all; but one of each kind they are for the full suite alone."""
    chosen = [name for name, (_, figure) in FIGURES.items() if figure.kind in (kinds or FIRST_OF_KIND)]
    return [pytest.param(name, marks=() if name in FIRST_OF_KIND.values() else pytest.mark.slow) for name in chosen]


def plot_of(figure: Figure, experiment: Experiment, record: Record) -> Plot:
    """A figure computed from a record."""
    return prepare(figure, experiment, record, find(experiment, record))


@functools.cache
def plot_named(figure: str, *, diverging: bool = False) -> Plot:
    """One of the figures by its id."""
    experiment, specification = FIGURES[figure]
    return plot_of(specification, experiment, record_of(experiment.id, diverging=diverging))


def rendered(plot: Plot, shared: Path) -> dict[str, bytes]:
    """The files of a plot, rendered once in a run and kept in its shared folder."""
    from generator.figures.export import render

    path = shared / f"{hashlib.sha256(repr(plot).encode()).hexdigest()}.pickle"
    kept = made_once(path, lambda aside: aside.write_bytes(pickle.dumps(render(plot))))
    files: dict[str, bytes] = pickle.loads(kept.read_bytes())
    return files


def one_of_each_kind() -> dict[str, Plot]:
    """The first figure of each kind, from synthetic records."""
    return {kind: plot_named(name) for kind, name in FIRST_OF_KIND.items()}


def _cell(
    experiment: Experiment,
    data_set: str,
    role: str,
    condition: Condition | None,
    random: np.random.Generator,
    broken: bool,
) -> Cell:
    place = list(experiment.conditions).index(role)
    curves = _curves(experiment, condition, random, noise=0.05 / (1 + 4 * place)) if condition else {}
    metrics = {
        metric.id: random.lognormal(mean=-place, sigma=0.3, size=experiment.replicates)
        for metric in experiment.metrics(data_set, role)
    }
    for replicate in DIVERGED if broken else ():
        for values in curves.values():
            values[replicate, values.shape[1] // 2 :] = math.nan if replicate == 1 else math.inf
        for values in metrics.values():
            values[replicate] = math.inf
    return Cell(
        metrics={name: rounded_all(values) for name, values in metrics.items()},
        curves={curve.name: _summary(curves[curve.name][:, : curve.last]) for curve in experiment.curves},
        diverged=len(DIVERGED) if broken else 0,
    )


def _curves(experiment: Experiment, condition: Condition, random: np.random.Generator, noise: float) -> Curves:
    """Losses that decay; the epoch mean is the mean of the epoch's steps."""
    per_epoch = math.ceil(EXAMPLES / condition.batch_size)
    replicates = experiment.replicates
    steps = _decay((replicates, condition.epochs * per_epoch), random, noise)
    curves = {curve.name: _decay((replicates, condition.epochs), random, noise / 5) for curve in experiment.curves}
    means = steps.reshape(replicates, condition.epochs, per_epoch).mean(axis=2)
    return {**curves, "step_loss": steps, "loss": means}


def _decay(shape: tuple[int, int], random: np.random.Generator, noise: float) -> npt.NDArray[np.float64]:
    start = random.uniform(0.6, 0.8, size=(shape[0], 1))
    curve = 0.1 + start * np.exp(-3 * np.arange(shape[1]) / shape[1])
    return np.asarray(curve * random.lognormal(sigma=noise, size=shape))


def _summary(curve: npt.NDArray[np.float64]) -> CurveSummary:
    with np.errstate(invalid="ignore"):
        quantiles = np.quantile(np.where(np.isnan(curve), np.inf, curve), QUANTILES, axis=0)
    return CurveSummary(
        quantiles=tuple(rounded_all(row) for row in np.where(np.isnan(quantiles), np.inf, quantiles)),
        runs={replicate: rounded_all(curve[replicate]) for replicate in range(4)},
    )


def write_all(folder: Path) -> None:
    """Write the files of one figure of each kind, for another process to compare."""
    from generator.figures.export import export

    for plot in one_of_each_kind().values():
        export(plot, folder)


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
