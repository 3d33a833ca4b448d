"""How figures word numbers, metrics and the sides of a comparison."""

import math
from collections.abc import Iterable, Sequence

from generator.records.record import Record
from generator.spec import Comparison, Experiment, Metric

_STATISTICS = {
    "first_difference_sd": "roughness (first differences)",
    "second_difference_sd": "roughness",
    "third_difference_sd": "roughness (third differences)",
    "max_draw_up": "largest climb",
    "max_draw_down": "largest fall",
    "residual_autocorrelation": "lag-1 autocorrelation",
    "turning_point_rate": "share of turning points",
    "level": "mean",
    "last": "value",
    "minimum": "smallest",
}

_CURVES = {
    "step_loss": "loss of each step's batch",
    "loss": "training loss",
    "data_loss": "training loss without the penalty",
    "accuracy": "training accuracy",
    "train_loss": "exact training loss",
    "train_data_loss": "exact training loss without the penalty",
    "val_loss": "validation loss",
    "val_data_loss": "validation loss without the penalty",
    "val_accuracy": "validation accuracy",
    "test_loss": "test loss",
    "test_data_loss": "test loss without the penalty",
    "test_accuracy": "test accuracy",
    "dead_units": "share of dead hidden units",
    "kernel_norm": "norm of the weights",
    "shifted_loss": "printed loss half an epoch earlier",
    "expected_loss": "loss expected of half an epoch's lag",
    "evaluated_loss": "evaluated with regularisers",
    "unpenalised_loss": "evaluated without regularisers",
    "recomputed_loss": "evaluated without regularisers, penalty added",
    "last_batch": "size of the last batch",
    "seen_once": "share of the examples used exactly once in an epoch",
    "overlap": "share of a batch that the same batch of the next epoch holds",
    "distance": "distance between the exact training losses of both runs",
    "relative_distance": "distance between the exact training losses of both runs, as a share of the loss",
    "test_gap": "gap between the test accuracies of both runs",
    "relative_error_32": "error of the gradient, batch of 32",
    "relative_error_512": "error of the gradient, batch of 512",
    "relative_error_all": "error of the gradient, all examples",
    "mean_along_128": "mean gradient, batches of 128",
    "mean_along_exact": "mean gradient, all examples",
    "variance_exponent": "exponent of the variance, measured",
    "predicted_exponent": "exponent of the variance, predicted",
    "noise_scale": "gradient noise scale",
    "variance_8": "variance of the gradient, batch of 8",
    "variance_256": "variance of the gradient, batch of 256",
    "chance_sd": "scatter of the accuracy of new examples",
    "edge": "largest curvature over its threshold",
    "detour": "length of the path over the distance covered",
    "step_error": "exact mean squared error before each step",
}

#: Measurements that are one number for a whole run.
_NUMBERS = {
    "distance_of_ends": "distance between the ends of two runs",
    "still_epochs": "epochs without progress",
    "plateau_gradient_norm": "length of the gradient, on the plateau",
    "end_gradient_norm": "length of the gradient, at the end",
    "plateau_negative_curvature": "downward curvature, on the plateau",
    "end_negative_curvature": "downward curvature, at the end",
    "plateau_step_curvature": "learning rate times curvature, on the plateau",
    "end_step_curvature": "learning rate times curvature, at the end",
    "plateau_swing": "alternating movement along the top eigenvector, on the plateau",
    "end_swing": "alternating movement along the top eigenvector, at the end",
    "plateau_swing_anywhere": "alternating movement, on the plateau",
    "end_swing_anywhere": "alternating movement, at the end",
    "loss_correlation": "correlation of both runs' fluctuations in the training loss",
    "train_loss_correlation": "correlation of both runs' fluctuations in the exact training loss",
    "accuracy_correlation": "correlation of both runs' fluctuations in the training accuracy",
    "stable_rate": "learning rate that gradient descent can bear at first",
    "loss_over_orders": "spread of the printed loss of one epoch over orders",
    "train_loss_over_orders": "spread of the exact loss after one epoch over orders",
}

#: Measurements whose points are neither epochs nor steps.
_CHECKPOINTS = (
    *("relative_error_32", "relative_error_512", "relative_error_all", "mean_along_128", "mean_along_exact"),
    *("variance_exponent", "predicted_exponent", "noise_scale", "variance_8", "variance_256"),
)


def number(value: float, digits: int = 3) -> str:
    """A number with that many significant digits, without trailing zeros, with a real minus sign."""
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else "∞" if value > 0 else "−∞"
    text = f"{value:.{digits}g}"
    if "e" in text and 1e-6 <= abs(value) < 1e6:
        text = f"{float(text):.10f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


def interval(estimate: float, lower: float, upper: float, digits: int = 3) -> str:
    """An estimate and its interval with equal decimals: as many as the largest needs for its digits, and no more."""
    largest = max((abs(v) for v in (estimate, lower, upper) if math.isfinite(v)), default=0.0)
    if largest == 0 or not 1e-6 <= largest < 1e6:
        written = [number(v, digits) for v in (estimate, lower, upper)]
    else:
        decimals = max(0, digits - 1 - math.floor(math.log10(float(f"{largest:.{digits - 1}e}"))))
        while decimals and all(round(v, decimals) == round(v, decimals - 1) for v in (estimate, lower, upper)):
            decimals -= 1
        written = [f"{v:.{decimals}f}" if v and math.isfinite(v) else number(v) for v in (estimate, lower, upper)]
    first, low, high = (text.replace("-", "−") for text in written)
    return f"{first} [{low}, {high}]"


def ordinal(rank: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th."""
    ending = "th" if rank % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{ending}"


def listed(items: Sequence[str], last: str = "and") -> str:
    """Items in a sentence: "a", "a and b", "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"


def upper_first(sentence: str) -> str:
    """The sentence with a capital first letter."""
    return sentence[:1].upper() + sentence[1:]


def runs(record: Record) -> str:
    """How many runs a record holds: "64 runs"."""
    first, stop = record.replicates
    return f"{stop - first} runs"


def replicates(record: Record) -> str:
    """Which replicates a record holds: "replicates 0 to 63"."""
    first, stop = record.replicates
    return f"replicates {first} to {stop - 1}"


def single(replicates: Iterable[int]) -> str:
    """Which single runs: "replicate 0", "replicates 0 and 1"."""
    names = [str(replicate) for replicate in replicates]
    return f"replicate{'s' if len(names) > 1 else ''} {listed(names)}"


def point_name(curve: str) -> str:
    """What one point of a curve is."""
    if curve in _CHECKPOINTS:
        return "checkpoint"
    return "step" if curve.startswith("step_") else "epoch"


def unit(curve: str) -> str:
    """The unit of a curve; empty where it has none."""
    if curve.endswith(("accuracy", "test_gap")):
        return "share correct"
    if curve.endswith("loss") or curve == "distance":
        return "nats"
    return "share of hidden units" if curve == "dead_units" else ""


def metric_unit(metric: Metric) -> str:
    """The unit of a metric: that of its curve, unless it counts points or is relative."""
    scale_free = metric.log or metric.statistic in {"turning_point_rate", "residual_autocorrelation"}
    return "" if scale_free else unit(metric.curve)


def with_unit(words: str, unit: str) -> str:
    """A quantity with its unit in brackets, where it has one."""
    return f"{words} ({unit})" if unit else words


def curve_name(experiment: Experiment, curve: str) -> str:
    """A curve as the experiment labels it, else by its standard name."""
    labels = {kept.name: kept.label for kept in experiment.curves}
    return labels.get(curve) or _CURVES.get(curve) or _NUMBERS.get(curve, curve.replace("_", " "))


def statistic_name(statistic: str) -> str:
    """A statistic in words."""
    return _STATISTICS.get(statistic, statistic.replace("_", " "))


def window_name(metric: Metric) -> str:
    """The points that a metric looks at: "epochs 17 to 50", or "epoch 10" where it takes the last."""
    point, (first, last) = point_name(metric.curve), metric.window
    return f"{point} {last}" if metric.statistic == "last" else f"{point}s {first} to {last}"


def measured(experiment: Experiment, metric: Metric, *, window: bool = True) -> str:
    """What a metric measures, in words: "roughness of the training loss, epochs 17 to 50"."""
    if metric.curve in _NUMBERS:
        return _NUMBERS[metric.curve]
    curve = curve_name(experiment, metric.curve)
    if metric.minus:
        curve = f"gap between {curve} and {curve_name(experiment, metric.minus)}"
    if metric.statistic == "last":
        words = f"logarithm of the {curve}" if metric.log else curve
        return f"{words} at {window_name(metric)}" if window else words
    name = f"{'relative ' if metric.log else ''}{statistic_name(metric.statistic)}"
    return f"{name} of the {curve}{f', {window_name(metric)}' if window else ''}"


def compared(experiment: Experiment, comparison: Comparison) -> str:
    """What both sides of a comparison measure, without that in which they differ."""
    larger, smaller = comparison.larger.metric, comparison.smaller.metric
    if (larger.curve, larger.minus) == (smaller.curve, smaller.minus):
        return measured(experiment, larger, window=larger.window == smaller.window)
    shared = f"gap to the {curve_name(experiment, larger.minus)}" if larger.minus else "value"
    shared = _shared_name(experiment, comparison) or shared
    if larger.curve in _NUMBERS or larger.window == (1, 1):
        return shared
    if larger.statistic == "last":
        return f"{shared} at {window_name(larger)}"
    return f"{statistic_name(larger.statistic)} {shared}, {window_name(larger)}"


def _shared_name(experiment: Experiment, comparison: Comparison) -> str:
    """What the names of both sides' curves say before their last comma, where that is the same."""
    sides = (comparison.larger, comparison.smaller)
    heads = {curve_name(experiment, side.metric.curve).rpartition(", ")[0] for side in sides}
    return heads.pop() if len(heads) == 1 else ""


def side_names(experiment: Experiment, comparison: Comparison) -> tuple[str, str]:
    """The larger and the smaller side, each by that in which it differs from the other."""
    sides = (comparison.larger, comparison.smaller)
    larger, smaller = (_ways_to_name(experiment, side.condition, side.metric) for side in sides)
    differing = [(a, b) for a, b in zip(larger, smaller, strict=True) if a != b]
    if not differing:
        return larger[0], smaller[0]
    shared = f"{_shared_name(experiment, comparison)}, "
    first, second = ([name.removeprefix(shared) for name in names] for names in zip(*differing, strict=True))
    return ", ".join(first), ", ".join(second)


def _ways_to_name(experiment: Experiment, condition: str, metric: Metric) -> tuple[str, str, str, str]:
    stopping = metric.stopping
    ending = "not stopped" if stopping is None else "best weights restored" if stopping.restored else "stopped early"
    return experiment.labels[condition], curve_name(experiment, metric.curve), ending, window_name(metric)
