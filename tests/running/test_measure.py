"""Measuring: windows, logarithms, stopping and quantiles, against loops written here."""

import dataclasses
import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from generator.errors import GeneratorError, UnknownNameError
from generator.experiments import load
from generator.records.record import QUANTILES
from generator.running.measure import RUNS_KEPT, measure, require_measurable, value_of
from generator.spec import Curve, Experiment, Metric, SpecificationError, Stopping

RNG = np.random.default_rng(5)
CURVES: dict[str, np.ndarray] = {
    "loss": RNG.random((6, 12)) + 0.5,
    "val_loss": RNG.random((6, 12)),
    "step_loss": RNG.random((6, 40)).astype(np.float32),
}


def metric(
    statistic: str = "second_difference_sd", curve: str = "loss", window: tuple[int, int] = (3, 11), **more: Any
) -> Metric:
    """A metric on the curves above."""
    return Metric(statistic=statistic, curve=curve, window=window, **more)


def roughness(values: list[float]) -> float:
    """The second-difference estimate as the formula stands."""
    terms = [(values[i + 2] - 2 * values[i + 1] + values[i]) ** 2 for i in range(len(values) - 2)]
    return math.sqrt(sum(terms) / (6 * len(terms)))


def stop_of(curve: list[float], patience: int) -> tuple[int, int]:
    """Epochs trained and best epoch, by the plainest reading of patience."""
    best = 0
    for i in range(1, len(curve)):
        if curve[i] < curve[best]:
            best = i
        elif i - best >= patience:
            return i + 1, best + 1
    return len(curve), best + 1


def test_windows_count_from_one_and_include_both_ends() -> None:
    """Points 3 to 11 are Python's 2:11."""
    expected = [roughness(row[2:11].tolist()) for row in CURVES["loss"]]
    assert value_of(CURVES, metric()) == pytest.approx(expected, rel=1e-12)


def test_logarithms_and_distances() -> None:
    """Taken of the curve before the statistic."""
    logs = [roughness([math.log(v) for v in row[2:11]]) for row in CURVES["loss"]]
    assert value_of(CURVES, metric(log=True)) == pytest.approx(logs, rel=1e-12)
    distances = [abs(a[10] - b[10]) for a, b in zip(CURVES["loss"], CURVES["val_loss"], strict=True)]
    assert value_of(CURVES, metric("last", minus="val_loss")) == pytest.approx(distances)


@pytest.mark.parametrize("patience", [1, 2, 3])
def test_stopped_windows_end_with_the_run(patience: int) -> None:
    """At the last epoch trained, or at the restored one; never past the window."""
    rows = list(zip(CURVES["loss"], CURVES["val_loss"], strict=True))
    stops = [stop_of(monitored[:9].tolist(), patience) for _, monitored in rows]
    stopped = value_of(CURVES, metric("last", window=(1, 9), stopping=Stopping(patience=patience)))
    assert stopped.tolist() == [loss[end - 1] for (loss, _), (end, _) in zip(rows, stops, strict=True)]
    restored = value_of(CURVES, metric("last", window=(1, 9), stopping=Stopping(patience=patience, restored=True)))
    assert restored.tolist() == [loss[best - 1] for (loss, _), (_, best) in zip(rows, stops, strict=True)]


def test_cells_hold_rounded_metrics_quantiles_and_the_first_runs() -> None:
    """Quantiles are numpy's own, here of sorted values by linear interpolation."""
    kept = [Curve(name="loss", label="", last=5), Curve(name="step_loss", label="")]
    cell = measure(CURVES, [metric()], kept, range(10, 16))
    assert cell.metrics[metric().id] == tuple(float(f"{v:.4g}") for v in value_of(CURVES, metric()))
    summary = cell.curves["loss"]
    assert [len(row) for row in summary.quantiles] == [5] * len(QUANTILES)
    ordered = sorted(CURVES["loss"][:, 0].tolist())
    assert summary.quantiles[2][0] == float(f"{(ordered[2] + ordered[3]) / 2:.4g}")
    assert list(summary.runs) == list(range(10, 10 + RUNS_KEPT))
    assert len(cell.curves["step_loss"].runs[10]) == 40
    assert cell.diverged == 0


def test_diverged_runs_are_counted_and_lie_above_the_others() -> None:
    """They enter the quantiles as infinite, and are not dropped."""
    curves = {name: curve.copy() for name, curve in CURVES.items()}
    curves["loss"][5, 4:] = np.nan
    curves["step_loss"][5, 13:] = np.nan
    cell = measure(curves, [metric()], [Curve(name="loss", label="")], range(6))
    assert cell.diverged == 1
    assert cell.metrics[metric().id][5] == math.inf
    assert cell.curves["loss"].quantiles[-1][5] == math.inf
    assert math.isfinite(cell.curves["loss"].quantiles[2][5])


def test_what_cannot_be_measured_is_refused() -> None:
    """A window past the end, and names that do not exist."""
    with pytest.raises(GeneratorError, match="within the curve's 12 points, found one to 13"):
        value_of(CURVES, metric(window=(1, 13)))
    with pytest.raises(UnknownNameError, match="did you mean 'loss'"):
        value_of(CURVES, metric(curve="los"))
    with pytest.raises(UnknownNameError, match="statistic"):
        value_of(CURVES, metric("smoothness"))


def with_metric(**changed: Any) -> Experiment:
    """The first experiment, its metrics replaced by one."""
    metric = Metric(**{"statistic": "last", "curve": "loss", "window": (1, 10), **changed})
    return dataclasses.replace(load()["learning-rate"], claims=(), measures=(metric,))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"statistic": "roughness"}, "unknown statistic 'roughness'"),
        ({"curve": "los"}, "unknown curve 'los'; did you mean 'loss'?"),
        ({"curve": "val_loss"}, "unknown curve 'val_loss'"),
        ({"minus": "val_loss"}, "unknown curve 'val_loss'"),
        ({"stopping": Stopping()}, "unknown curve 'val_loss'"),
        ({"statistic": "second_difference_sd", "window": (1, 2)}, "at least"),
    ],
)
def test_what_cannot_be_measured_is_refused_before_anything_trains(changed: dict[str, Any], told: str) -> None:
    (refused,) = refusals([with_metric(**changed)])
    assert refused.startswith("experiment learning-rate, condition high: ")
    assert told in refused


def refusals(experiments: Iterable[Experiment]) -> list[str]:
    """What is said of those that cannot be measured."""
    told = []
    for experiment in experiments:
        try:
            require_measurable(experiment)
        except SpecificationError as error:
            told.append(str(error))
    return told


def test_every_experiment_is_measurable() -> None:
    assert refusals(load().values()) == []
