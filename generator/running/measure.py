"""From curves to a record's cell: metrics per replicate, quantiles and single runs, rounded once."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from generator.errors import GeneratorError, UnknownNameError
from generator.records.record import QUANTILES, Cell, CurveSummary
from generator.records.rounding import rounded_all
from generator.spec import Condition, Curve, Experiment, Metric, SpecificationError, Stopping
from generator.stats.roughness import statistic
from generator.training.stopping import EarlyStopping, apply_stopping


def _always(_: Condition) -> bool:
    return True


def _validated(condition: Condition) -> bool:
    return condition.validation_share > 0


#: The curves that training records, and of which conditions. Whether there are test examples only the data know.
CURVES: Mapping[str, Callable[[Condition], bool]] = {
    **dict.fromkeys(("step_loss", "step_data_loss", "step_accuracy"), _always),
    **dict.fromkeys(("loss", "data_loss", "accuracy", "penalty", "kernel_norm"), _always),
    **dict.fromkeys(("train_loss", "train_data_loss", "train_accuracy"), _always),
    **dict.fromkeys(("val_loss", "val_data_loss", "val_accuracy"), _validated),
    **dict.fromkeys(("test_loss", "test_data_loss", "test_accuracy"), _always),
    "dead_units": lambda condition: "dead_units" in condition.probes,
}

#: Single runs that a record keeps of each curve, for drawing.
RUNS_KEPT = 4


def measure(
    curves: Mapping[str, np.ndarray], metrics: Sequence[Metric], kept: Sequence[Curve], replicates: Sequence[int]
) -> Cell:
    """Summarise the curves of one condition; arrays are (replicates, points)."""
    return Cell(
        metrics={metric.id: rounded_all(value_of(curves, metric)) for metric in metrics},
        curves={curve.name: _summary(_named(curves, curve.name)[:, : curve.last], replicates) for curve in kept},
        diverged=int(_diverged(curves).sum()),
    )


def require_measurable(experiment: Experiment) -> None:
    """Refuse a metric that no run of the experiment can give, before anything is trained."""
    for data_set, role, condition in experiment.cells():
        for metric in experiment.metrics(data_set, role):
            try:
                _require_statistic(metric)
                if isinstance(condition, Condition):
                    _require_curve(metric, condition)
            except GeneratorError as error:
                raise SpecificationError(f"experiment {experiment.id}, condition {role}: {error}") from error


def _require_statistic(metric: Metric) -> None:
    """The statistic exists and a curve of the window's length is long enough for it."""
    first, last = metric.window
    compute = statistic(metric.statistic)
    if metric.stopping is None:
        compute(np.linspace(1.0, 2.0, last - first + 1))


def _require_curve(metric: Metric, condition: Condition) -> None:
    known = [name for name, is_recorded in CURVES.items() if is_recorded(condition)]
    monitored = metric.stopping.monitor if metric.stopping else None
    for name in (metric.curve, metric.minus, monitored):
        if name is not None and name not in known:
            raise UnknownNameError("curve", name, known)


def value_of(curves: Mapping[str, np.ndarray], metric: Metric) -> np.ndarray:
    """The metric of every replicate, shape (replicates,)."""
    first, last = metric.window
    curve = _values(curves, metric)
    if last > curve.shape[1]:
        raise GeneratorError(
            f"metric {metric.id!r}: expected a window within the curve's {curve.shape[1]} points, found one to {last}"
        )
    compute = statistic(metric.statistic)
    if metric.stopping is None:
        return np.asarray(compute(curve[:, first - 1 : last]))
    ends = _ends(_named(curves, metric.stopping.monitor)[:, :last], metric.stopping)
    return np.array([float(compute(row[first - 1 : end])) for row, end in zip(curve, ends, strict=True)])


def _diverged(curves: Mapping[str, np.ndarray]) -> np.ndarray:
    """Which replicates have a point that is not finite in any curve: the last step may be the one that diverges."""
    diverged: np.ndarray = np.any([(~np.isfinite(curve)).any(axis=1) for curve in curves.values()], axis=0)
    return diverged


def _values(curves: Mapping[str, np.ndarray], metric: Metric) -> np.ndarray:
    curve = _named(curves, metric.curve).astype(np.float64)
    if metric.minus is not None:
        curve = np.abs(curve - _named(curves, metric.minus))
    if metric.log:
        with np.errstate(divide="ignore", invalid="ignore"):
            curve = np.log(curve)
    return curve


def _ends(monitored: np.ndarray, stopping: Stopping) -> np.ndarray:
    stop = apply_stopping(EarlyStopping(patience=stopping.patience), monitored)
    return stop.best if stopping.restored else stop.epochs


def _summary(curve: np.ndarray, replicates: Sequence[int]) -> CurveSummary:
    # A diverged run is the worst one: it lies above every other.
    worst = np.where(np.isnan(curve), np.inf, curve)
    with np.errstate(invalid="ignore"):
        quantiles = np.quantile(worst, QUANTILES, axis=0)
    quantiles = np.where(np.isnan(quantiles), np.inf, quantiles)
    return CurveSummary(
        quantiles=tuple(rounded_all(row) for row in quantiles),
        runs={r: rounded_all(row) for r, row in list(zip(replicates, curve, strict=True))[:RUNS_KEPT]},
    )


def _named(curves: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    if name not in curves:
        raise UnknownNameError("curve", name, curves)
    return curves[name]
