"""Numbers and comparisons in words."""

import dataclasses
import math

import pytest

from generator.experiments import find
from generator.figures import wording
from generator.spec import Comparison, Metric, Side, Stopping


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.69312, "0.693"),
        (-0.00074, "−0.00074"),
        (0.00001234, "0.0000123"),
        (1234.5, "1230"),
        (74.7, "74.7"),
        (1e9, "1e+09"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "not a number"),
    ],
)
def test_number(value: float, text: str) -> None:
    assert wording.number(value) == text


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((4.1658, 3.8801, 4.4709), "4.17 [3.88, 4.47]"),
        ((188.6, 154.7, 227.2), "189 [155, 227]"),
        ((0.0074, 0.00645, 0.00845), "0.00740 [0.00645, 0.00845]"),
        ((-0.0062, -0.00975, -0.00355), "−0.00620 [−0.00975, −0.00355]"),
        ((0.0, -0.0001, 0.00005), "0 [−0.00010, 0.00005]"),
        ((1.0, 1.0, 1.0), "1 [1, 1]"),
        ((0.0, 0.0, 0.0), "0 [0, 0]"),
        ((2.5, 1.25, math.inf), "2.50 [1.25, ∞]"),
        ((99.97, 9.0, 100.4), "100 [9, 100]"),
        ((1e200, 1e100, math.inf), "1e+200 [1e+100, ∞]"),
    ],
)
def test_interval(numbers: tuple[float, float, float], text: str) -> None:
    assert wording.interval(*numbers) == text


@pytest.mark.parametrize(
    ("rank", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (23, "23rd"), (112, "112th")]
)
def test_ordinal(rank: int, text: str) -> None:
    assert wording.ordinal(rank) == text


def test_listed() -> None:
    assert wording.listed(["a"]) == "a"
    assert wording.listed(["a", "b"]) == "a and b"
    assert wording.listed(["a", "b", "c"]) == "a, b and c"


def test_units() -> None:
    assert [wording.unit(curve) for curve in ("val_accuracy", "step_loss", "dead_units", "kernel_norm")] == [
        "share correct",
        "nats",
        "share of hidden units",
        "",
    ]


def test_units_of_metrics_are_those_of_their_curves_unless_they_have_none() -> None:
    rough = Metric(statistic="second_difference_sd", curve="loss", window=(1, 5))
    assert wording.metric_unit(rough) == "nats"
    assert wording.metric_unit(dataclasses.replace(rough, log=True)) == ""
    assert wording.metric_unit(dataclasses.replace(rough, statistic="turning_point_rate")) == ""


def test_a_measurement_of_one_number_has_no_epoch() -> None:
    metric = Metric(statistic="last", curve="loss_correlation", window=(1, 1))
    words = "correlation of both runs' fluctuations in the training loss"
    assert wording.measured(find("initial-weights"), metric) == words


def comparison(first: Side, second: Side) -> Comparison:
    return Comparison(larger=first, smaller=second)


def test_sides_are_named_by_their_difference() -> None:
    experiment = find("early-stopping")
    rough = Metric(statistic="second_difference_sd", curve="loss", window=(1, 20))
    last = Metric(statistic="last", curve="val_loss", window=(1, 20))
    stopped = Metric(statistic="last", curve="val_loss", window=(1, 20), stopping=Stopping())
    restored = Metric(statistic="last", curve="val_loss", window=(1, 20), stopping=Stopping(restored=True))
    pairs = {
        ("no penalty", "L2 penalty of 0.01"): (("plain", rough), ("penalised", rough)),
        ("not stopped", "stopped early"): (("plain", last), ("plain", stopped)),
        ("stopped early", "best weights restored"): (("plain", stopped), ("plain", restored)),
        ("no penalty", "no penalty"): (("plain", rough), ("plain", rough)),
    }
    for names, ((role, metric), (other, other_metric)) in pairs.items():
        found = comparison(Side(condition=role, metric=metric), Side(condition=other, metric=other_metric))
        assert wording.side_names(experiment, found) == names


def test_what_is_compared_is_told_without_the_difference() -> None:
    claims = {c.id: c for experiment in ("batch-size", "early-stopping") for c in find(experiment).claims}
    batch, stopping = find("batch-size"), find("early-stopping")
    assert (
        wording.compared(batch, claims["C21"].primary) == "roughness of the loss of each step's batch, steps 168 to 500"
    )
    at_equal_updates = claims["C22"].secondary["at equal updates"]
    assert wording.compared(batch, at_equal_updates) == "exact training loss"
    assert wording.side_names(batch, at_equal_updates) == ("batches of 256, epoch 125", "batches of 8, epoch 4")
    assert wording.compared(stopping, claims["C26"].primary) == "gap to the test loss without the penalty at epoch 20"


def test_sides_that_share_the_head_of_their_names() -> None:
    """What stands before the last comma is what is compared, the rest is the difference."""
    experiment = find("saddle-points")
    swings = {c.id: c for c in experiment.claims}["C13b"].primary
    assert wording.compared(experiment, swings) == "alternating movement along the top eigenvector"
    assert wording.side_names(experiment, swings) == ("on the plateau", "at the end")
    noise = find("gradient-noise")
    errors = noise.claims[0].primary
    assert wording.compared(noise, errors) == "smallest error of the gradient, checkpoints 1 to 3"
    assert wording.side_names(noise, errors) == ("batch of 32", "all examples")
    halts = {c.id: c for c in experiment.claims}["C13a"].primary
    assert wording.compared(experiment, halts) == "epochs without progress"
