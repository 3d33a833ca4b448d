"""Wording: how numbers, effects and intervals are told."""

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.experiments import load
from generator.pages import wording
from generator.spec import Condition, Measurement, Metric, Stopping, call
from generator.stats.verdicts import Verdict


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (3.14159, "3.14"),
        (0.0123456, "0.0123"),
        (-0.5, "−0.5"),
        (74.66, "74.7"),
        (1234.5, "1,230"),
        (1000000, "1,000,000"),
        (0.00001234, "0.0000123"),
        (-0.00005, "−0.00005"),
        (1.234e-9, "1.23e−9"),
        (0, "0"),
        (100, "100"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
    ],
)
def test_numbers(value: float, told: str) -> None:
    """To three digits, with a true minus."""
    assert wording.number(value) == told


@given(st.floats(1e-6, 1e12))
def test_a_told_number_is_within_its_last_digit(value: float) -> None:
    """Read back, it is the number to three digits."""
    assert float(wording.number(value).replace(",", "")) == pytest.approx(value, rel=0.005)


def test_sizes_of_files() -> None:
    assert [wording.size(count).replace("\N{NO-BREAK SPACE}", " ") for count in (129_163, 5_287, 18)] == [
        "130 kB",
        "5.3 kB",
        "0.018 kB",
    ]


def test_p_values_are_never_zero() -> None:
    """A tiny one is told as a bound."""
    assert wording.p_value(1e-12).split() == ["<", "0.0001"]
    assert wording.p_value(0.0123) == "0.012"
    assert wording.p_value(None) == "–"


def test_every_metric_of_every_experiment_has_words() -> None:
    """No name of our code reaches a page."""
    for experiment in load().values():
        for data_set, role, _ in experiment.cells():
            for metric in experiment.metrics(data_set, role):
                assert "_" not in wording.metric(metric)


def test_metrics_are_told_with_their_window_and_rule() -> None:
    """Epochs or steps, both ends, and where early stopping ends it."""
    rough = Metric(statistic="second_difference_sd", curve="step_loss", window=(168, 500), log=True)
    assert wording.metric(rough) == "roughness of the logarithm of the loss of each step's batch, steps 168 to 500"
    restored = Metric(statistic="last", curve="test_data_loss", window=(1, 60), stopping=Stopping(restored=True))
    assert wording.metric(restored) == (
        "value of the test loss without the penalty, after 60 epochs, "
        "at the epoch restored by early stopping on validation loss"
    )


def test_every_verdict_has_a_badge_of_its_own() -> None:
    """Five classes for five verdicts."""
    assert set(wording.BADGES) == set(Verdict)
    assert len(set(wording.BADGES.values())) == len(Verdict)


def test_conditions_stand_side_by_side_with_what_is_said_of_any() -> None:
    """A row that one condition does not have is a dash there; what is ordinary is not said."""
    plain = Condition(model=call("m:net"), optimizer=call("keras.optimizers:SGD", learning_rate=0.1), data=call("d:d"))
    odd = dataclasses.replace(plain, order="once", shared=("init",), passes=8, noise_of_batch=32, crossed=12)
    table = wording.condition_table({"a": plain, "b": odd})
    assert table["optimiser"] == ["SGD, learning rate 0.1"] * 2
    assert table["epochs"] == ["10", "10 of 8 passes"]
    assert table["order of the examples"] == ["–", "shuffled once"]
    assert table["the same in all runs"] == ["–", "initial weights"]
    assert table["noise added"] == ["–", "Gaussian, as of batches of 32"]
    assert table["design"] == ["–", "12 initial weights × 12 orders"]
    assert "validation share" not in table


def test_a_measurement_names_its_function() -> None:
    plain = Condition(model=call("m:net"), optimizer=call("keras.optimizers:SGD"), data=call("d:d"))
    table = wording.condition_table({"a": Measurement(function=call("p:gradient_noise", size=3), condition=plain)})
    assert table["measured"] == ["gradient noise (size 3)"]


def test_lists_of_parameters_are_told_in_words() -> None:
    assert wording.parameters({"anew": ("init", "order"), "also": ()}) == "anew init and order, also nothing"


def test_a_measurement_of_one_number_has_no_window() -> None:
    metric = Metric(statistic="last", curve="accuracy_correlation", window=(1, 1))
    assert wording.metric(metric) == "correlation of both runs' fluctuations in the training accuracy"
