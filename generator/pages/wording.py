"""How numbers and verdicts are told, in one place, so that every page says the same thing in the same way."""

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from generator.figures.wording import point_name
from generator.records.findings import Finding
from generator.records.sources import defaults_of
from generator.spec import Call, Comparison, Condition, Measurement, Metric, Stopping
from generator.stats.inference import Estimate, Interval
from generator.stats.verdicts import Verdict

#: CSS classes of the badges.
BADGES = {
    Verdict.SUPPORTED: "verdict-supported",
    Verdict.NEGLIGIBLE: "verdict-negligible",
    Verdict.REVERSED: "verdict-reversed",
    Verdict.NO_MATERIAL_EFFECT: "verdict-no-material-effect",
    Verdict.INCONCLUSIVE: "verdict-inconclusive",
}

#: Below this a number is told with an exponent.
_SMALLEST_PLAIN = 1e-6

_STATISTICS = {
    "second_difference_sd": "roughness",
    "third_difference_sd": "roughness (third differences)",
    "upward_variation": "upward variation",
    "max_draw_up": "largest climb",
    "max_draw_down": "largest fall",
    "level": "mean",
    "turning_point_rate": "share of turning points",
    "last": "value",
    "points": "length",
    "minimum": "smallest value",
}

_CURVES = {
    "loss": "training loss as Keras prints it",
    "data_loss": "training loss as Keras prints it, without the penalty",
    "train_loss": "exact training loss",
    "train_data_loss": "exact training loss without the penalty",
    "val_loss": "validation loss",
    "val_data_loss": "validation loss without the penalty",
    "test_data_loss": "test loss without the penalty",
    "step_loss": "loss of each step's batch",
    "dead_units": "share of dead hidden units",
    "kernel_norm": "norm of the weights",
    "val_accuracy": "validation accuracy",
    "test_accuracy": "test accuracy",
    "shifted_loss": "training loss as Keras prints it, half an epoch earlier",
    "expected_loss": "loss that Keras would print of a decay at the exact loss's rate",
    "evaluated_loss": "validation loss that evaluate() returns",
    "unpenalised_loss": "validation loss that evaluate() returns without regularisers",
    "recomputed_loss": "validation loss without regularisers, plus the penalty",
    "last_batch": "size of the last batch",
    "seen_once": "share of the examples used exactly once in an epoch",
    "overlap": "share of a batch that the same batch of the next epoch holds",
    "distance": "distance between the exact training losses of both runs",
    "relative_distance": "distance between the exact training losses of both runs, as a share of the loss",
    "test_gap": "gap between the test accuracies of both runs",
    "relative_error_32": "error of the gradient of a batch of 32",
    "relative_error_512": "error of the gradient of a batch of 512",
    "relative_error_all": "error of the gradient of all examples",
    "mean_along_128": "mean gradient of batches of 128 along the full gradient",
    "mean_along_exact": "full gradient along itself",
    "variance_exponent": "measured exponent of the variance",
    "predicted_exponent": "predicted exponent of the variance",
    "noise_scale": "gradient noise scale",
    "variance_8": "variance of the gradient of a batch of 8",
    "variance_256": "variance of the gradient of a batch of 256",
    "step_error": "exact mean squared error before each step",
    "detour": "length of the path over the distance covered",
    "chance_sd": "scatter of the accuracy of as many new examples",
    "edge": "largest curvature over its threshold",
}

#: Measurements that are one number for a whole run.
_NUMBERS = {
    "distance_of_ends": "distance between the predictions of two runs at their ends",
    "still_epochs": "epochs without progress before most of the descent",
    "plateau_gradient_norm": "length of the gradient on the plateau",
    "end_gradient_norm": "length of the gradient at the end",
    "plateau_negative_curvature": "downward curvature on the plateau",
    "end_negative_curvature": "downward curvature at the end",
    "plateau_step_curvature": "learning rate times curvature on the plateau",
    "end_step_curvature": "learning rate times curvature at the end",
    "plateau_swing": "share of movement along the top eigenvector that alternates, on the plateau",
    "end_swing": "share of movement along the top eigenvector that alternates, at the end",
    "plateau_swing_anywhere": "share of movement that alternates, on the plateau",
    "end_swing_anywhere": "share of movement that alternates, at the end",
    "loss_correlation": "correlation of both runs' fluctuations in the training loss as Keras prints it",
    "train_loss_correlation": "correlation of both runs' fluctuations in the exact training loss",
    "accuracy_correlation": "correlation of both runs' fluctuations in the training accuracy",
    "stable_rate": "learning rate that gradient descent can bear at first",
    "loss_over_orders": "spread of what Keras prints for one epoch over orders of its examples",
    "train_loss_over_orders": "spread of the exact training loss after one epoch over orders of its examples",
}


_ORDERS = {
    "once": "shuffled once",
    "stored": "as stored",
    "replacement": "drawn with replacement",
    "easy-first": "lowest loss first",
    "hard-first": "highest loss first",
}

_STREAMS = {"data": "data", "init": "initial weights", "order": "order of the examples"}


def number(value: float, digits: int = 3) -> str:
    """A number to so many significant digits, with a true minus and without an exponent unless it is tiny."""
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    told = Decimal(f"{value:.{digits}g}")
    text = f"{told:.{digits - 1}e}" if value != 0 and abs(value) < _SMALLEST_PLAIN else f"{told.normalize():,f}"
    return text.replace("-", "−")


def percent(share: float, digits: int = 2) -> str:
    """A share as a percentage."""
    return f"{number(100 * share, digits)}\N{NO-BREAK SPACE}%"


def size(count: int) -> str:
    """How large a file of so many bytes is."""
    return f"{number(count / 1000, 2)}\N{NO-BREAK SPACE}kB"


def effect(finding: Finding, value: float) -> str:
    """One number of a finding: `× 3.1` for a ratio, a signed number for a difference."""
    told = finding.told(value)
    if finding.is_ratio:
        return f"×\N{NO-BREAK SPACE}{number(told)}"
    return f"+{number(told)}" if told > 0 else number(told)


def interval(finding: Finding) -> str:
    """The simultaneous 95 % interval."""
    return limits(finding, finding.estimate)


def limits(finding: Finding, value: Estimate | Interval) -> str:
    """The limits of an interval about something of a finding."""
    lower, upper = (number(finding.told(limit)) for limit in (value.lower, value.upper))
    return f"{lower}\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}{upper}"


def p_value(value: float | None) -> str:
    """A p-value, to two digits and never as zero."""
    if value is None:
        return "–"
    return "<\N{NO-BREAK SPACE}0.0001" if value < 1e-4 else number(value, 2)


def margin(comparison: Comparison) -> str:
    """The smallest effect that counts."""
    return f"× {number(comparison.margin)}" if comparison.scale == "log-ratio" else number(comparison.margin)


def curve(name: str) -> str:
    """A curve in words."""
    return _CURVES.get(name, name.replace("_", " "))


def metric(value: Metric) -> str:
    """A metric in words."""
    if value.curve in _NUMBERS:
        return _NUMBERS[value.curve]
    what = curve(value.curve)
    if value.minus:
        what = f"distance between {what} and {curve(value.minus)}"
    if value.log:
        what = f"logarithm of the {what}"
    point, (first, last) = point_name(value.curve), value.window
    end = f"at checkpoint {last}" if point == "checkpoint" else f"after {last} {point}s"
    when = f", {end}" if value.statistic == "last" else f", {point}s {first} to {last}"
    if value.window == (1, 1):  # all that there is of something measured once
        when = ""
    statistic = _STATISTICS.get(value.statistic, value.statistic.replace("_", " "))
    return f"{statistic} of the {what}{when}{_stopping(value.stopping)}"


def condition_table(conditions: Mapping[str, Condition | Measurement]) -> dict[str, list[str]]:
    """Conditions side by side: a row for everything that is said of any of them."""
    columns = [_condition(value) for value in conditions.values()]
    names = dict.fromkeys(name for column in columns for name in column)
    return {name: [column.get(name, "–") for column in columns] for name in names}


def _condition(value: Condition | Measurement) -> dict[str, str]:
    if isinstance(value, Measurement):
        trained = _condition(value.condition) if value.condition else {}
        return {**trained, "measured": described(value.function)}
    said = {
        "network": described(value.model),
        "optimiser": f"{value.optimizer.path.split(':')[1]}, {parameters(value.optimizer.parameters)}",
        "batch size": str(value.batch_size),
        "epochs": f"{value.epochs} of {value.passes} passes" if value.passes > 1 else str(value.epochs),
    }
    if value.validation_share:
        said["validation share"] = number(value.validation_share)
    if value.order != "reshuffled":
        said["order of the examples"] = _ORDERS[value.order]
    if value.shared:
        said["the same in all runs"] = ", ".join(_STREAMS[name] for name in value.shared)
    if value.crossed:
        said["design"] = f"{value.crossed} initial weights × {value.crossed} orders"
    if value.noise_of_batch:
        said["noise added"] = f"Gaussian, as of batches of {value.noise_of_batch}"
    return said


def spread(findings: Sequence[Finding]) -> str:
    """The estimates of several data sets, from the smallest to the largest."""
    ordered = sorted(findings, key=lambda finding: finding.estimate.estimate)
    told = [effect(finding, finding.estimate.estimate) for finding in (ordered[0], ordered[-1])]
    unit = f" {findings[0].comparison.unit}" if findings[0].comparison.unit else ""
    return f"{told[0]}{unit}" if told[0] == told[1] else f"{told[0]} to {told[1]}{unit}"


def times(findings: Sequence[Finding]) -> str:
    """The ratios of several data sets in a sentence: `2.9 to 75 times`."""
    told = sorted(finding.told(finding.estimate.estimate) for finding in findings)
    ends = [number(told[0]), number(told[-1])]
    return f"{ends[0]} times" if ends[0] == ends[1] else f"{ends[0]} to {ends[1]} times"


def described(call: Call) -> str:
    """A call in words: its name and all parameters, those that it leaves as they are too."""
    name = call.path.split(":")[1].replace("_", " ")
    defaults = defaults_of(call.path) if call.path.startswith("generator.") else {}
    given = {**{key: value for key, value in defaults.items() if value is not None}, **call.parameters}
    return f"{name} ({parameters(given)})" if given else name


def parameters(values: Mapping[str, Any]) -> str:
    """Parameters in words."""
    return ", ".join(f"{k.replace('_', ' ')} {_told(v)}" for k, v in values.items())


def lines(first: int, last: int) -> str:
    """Lines of the article."""
    return f"line {first}" if first == last else f"lines {first} to {last}"


def _stopping(rule: Stopping | None) -> str:
    if rule is None:
        return ""
    where = "at the epoch restored by" if rule.restored else "up to the end set by"
    return f", {where} early stopping on {curve(rule.monitor)}"


def _told(value: Any) -> str:
    if isinstance(value, tuple | list):
        return " and ".join(map(_told, value)) or "nothing"
    return number(value, 4) if isinstance(value, int | float) else str(value)
