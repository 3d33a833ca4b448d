"""The specification: validation at construction, canonical digests, and what a registration covers."""

import dataclasses
import math
from typing import Any

import pytest

from generator.errors import GeneratorError, UnknownNameError
from generator.spec import (
    Call,
    Claim,
    Comparison,
    Condition,
    Curve,
    DataSet,
    Description,
    Experiment,
    Figure,
    Measurement,
    Metric,
    Side,
    SpecificationError,
    Stopping,
    Truth,
    call,
    digest_of,
    plain,
)

METRIC = Metric(statistic="last", curve="loss", window=(1, 5))


def condition(**changed: Any) -> Condition:
    """A small condition."""
    parts: dict[str, Any] = {
        "model": call("package.models:build", hidden=4),
        "optimizer": call("keras.optimizers:SGD", learning_rate=0.1),
        "data": call("package.data:draw"),
        "epochs": 5,
    }
    return Condition(**{**parts, **changed})


def claim(**changed: Any) -> Claim:
    """A claim that condition `a` ends higher than condition `b`."""
    comparison = Comparison(larger=Side(condition="a", metric=METRIC), smaller=Side(condition="b", metric=METRIC))
    parts: dict[str, Any] = {
        "id": "C01",
        "statement": "a is above b",
        "lines": (1, 2),
        "primary": comparison,
        "data_sets": ("one",),
    }
    return Claim(**{**parts, **changed})


def experiment(**changed: Any) -> Experiment:
    """An experiment with two conditions and one claim."""
    parts: dict[str, Any] = {
        "id": "an-experiment",
        "title": "t",
        "question": "q",
        "lines": (1, 2),
        "data_sets": {"one": DataSet(label="one", data=call("package.data:draw", test=3))},
        "conditions": {"a": condition(), "b": condition(batch_size=8)},
        "labels": {"a": "A", "b": "B"},
        "curves": (Curve(name="loss", label="loss"),),
        "claims": (claim(),),
        "figures": (),
    }
    return Experiment(**{**parts, **changed})


def test_digest_is_that_of_canonical_json() -> None:
    """SHA-256 of {"a":1,"b":[1,2]}, computed by sha256sum."""
    assert digest_of({"b": (1, 2), "a": 1}) == "8baa73198470c7bb4c3ce142a8fd651affc0310d878bb9bd159e37a573fb4874"


def test_digest_sees_every_field_and_default() -> None:
    """A value equal to a default is written out, so changing a default later changes no old digest silently."""
    assert digest_of(condition()) == digest_of(condition(batch_size=32))
    assert digest_of(condition()) != digest_of(condition(batch_size=33))


def test_fields_that_came_later_leave_older_digests_alone() -> None:
    """As long as they have their neutral value, which is then no part of the plain form."""
    assert not {"order", "shared", "crossed", "noise_of_batch", "passes"} & plain(condition()).keys()
    assert plain(condition(order="once"))["order"] == "once"
    assert digest_of(condition(passes=2)) != digest_of(condition())
    assert "descriptions" not in plain(experiment())


def test_data_sets_adapt_what_is_measured_of_a_condition() -> None:
    """The function stays, its condition learns the data set."""
    data_set = DataSet(label="d", data=call("p.d:other"), loss="mse")
    measurement = Measurement(function=call("p.m:f", size=3), condition=condition())
    adapted = data_set.adapt(measurement)
    expected = dataclasses.replace(condition(), data=call("p.d:other"), loss="mse")
    assert adapted == Measurement(function=call("p.m:f", size=3), condition=expected)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: experiment(chapter="Elsewhere"), "a chapter among"),
        (lambda: condition(order="sorted"), "order of the examples among"),
        (lambda: condition(shared=("split",)), "shared streams among"),
        (lambda: condition(passes=0), "at least 1 pass"),
        (lambda: Call(path="no colon"), "import path"),
        (lambda: call("a:b", x={1, 2}), "plain data"),
        (lambda: condition(batch_size=0), "batch size of at least 1"),
        (lambda: condition(validation_share=1.0), "validation share in"),
        (lambda: Metric(statistic="last", curve="loss", window=(5, 4)), "window"),
        (lambda: Figure(id="figure-1", kind="k", title="t", question="q"), "starts with 'fig-'"),
        (lambda: Figure(id="fig-a-dark", kind="k", title="t", question="q"), "does not end in '-dark'"),
        (lambda: Figure(id="fig-A", kind="k", title="t", question="q"), "lower-case"),
        (lambda: claim(id="claim 1"), "claim id"),
        (lambda: Description(id="1", statement="s", lines=(1, 1)), "a claim id such as"),
        (lambda: claim(replicates=8), "at least 24 pairs"),
        (lambda: dataclasses.replace(claim().primary, margin=0.9), "margin above 1"),
        (lambda: dataclasses.replace(claim().primary, scale="ratio"), "scale"),
        (lambda: dataclasses.replace(claim().primary, equal=True, at_most=True), "not both"),
        (lambda: experiment(labels={"a": "A"}), "label for each condition"),
    ],
)
def test_malformed_values_are_refused_in_one_line(make: Any, expected: str) -> None:
    """The message says what was expected and what was found."""
    with pytest.raises(SpecificationError, match=expected) as caught:
        make()
    assert "found" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_claims_of_unknown_conditions_and_data_sets_are_refused() -> None:
    """The nearest known name is offered."""
    stray = Comparison(larger=Side(condition="aa", metric=METRIC), smaller=Side(condition="b", metric=METRIC))
    with pytest.raises(
        UnknownNameError, match="condition of claim C01 in experiment an-experiment 'aa'; did you mean 'a'"
    ):
        experiment(claims=(claim(primary=stray),))
    with pytest.raises(UnknownNameError, match="data set of claim C01"):
        experiment(claims=(claim(data_sets=("two",)),))


def test_a_window_beyond_the_run_is_refused_at_load() -> None:
    """Before anything trains."""
    late = Side(condition="a", metric=Metric(statistic="last", curve="loss", window=(1, 6)))
    with pytest.raises(SpecificationError, match="window within the 5 epochs"):
        experiment(claims=(claim(primary=Comparison(larger=late, smaller=late)),))


def test_data_sets_adapt_conditions() -> None:
    """Data, loss and network output change; everything else stays."""
    data_set = DataSet(label="d", data=call("p.d:other"), loss="mse", model_parameters={"classes": 3})
    adapted = data_set.adapt(condition())
    assert isinstance(adapted, Condition)
    assert (adapted.data, adapted.loss) == (call("p.d:other"), "mse")
    assert adapted.model.parameters == {"hidden": 4, "classes": 3}
    assert adapted.optimizer == condition().optimizer


def test_registration_covers_what_decides_and_nothing_else() -> None:
    """Wording may be improved; a window, margin, condition or data set may not change unseen."""
    before = experiment()
    registered = before.registration(before.claims[0])

    def registration(**changed: Any) -> str:
        changed_experiment = experiment(**changed)
        return changed_experiment.registration(changed_experiment.claims[0])

    assert registration(claims=(claim(statement="in other words", expectation="?"),)) == registered
    assert registration(title="another", labels={"a": "x", "b": "y"}) == registered
    wider = dataclasses.replace(claim().primary, margin=1.5)
    assert registration(claims=(claim(primary=wider),)) != registered
    assert registration(claims=(claim(replicates=65),)) != registered
    assert registration(conditions={"a": condition(), "b": condition(batch_size=9)}) != registered
    other = {"one": DataSet(label="one", data=call("package.data:draw", test=4))}
    assert registration(data_sets=other) != registered


def test_metric_ids_tell_metrics_apart() -> None:
    """Any two different metrics have different ids."""
    metrics = [
        METRIC,
        dataclasses.replace(METRIC, log=True),
        dataclasses.replace(METRIC, minus="val_loss"),
        dataclasses.replace(METRIC, window=(2, 5)),
        dataclasses.replace(METRIC, stopping=Stopping()),
        dataclasses.replace(METRIC, stopping=Stopping(restored=True)),
        dataclasses.replace(METRIC, stopping=Stopping(patience=4)),
        dataclasses.replace(METRIC, stopping=Stopping(monitor="loss")),
    ]
    assert len({metric.id for metric in metrics}) == len(metrics)


def test_metrics_of_a_cell_are_those_of_its_claims_once() -> None:
    """A metric that two claims share is measured once."""
    twice = experiment(claims=(claim(), claim(id="C02")))
    assert twice.metrics("one", "a") == (METRIC,)


def test_measures_are_of_every_condition_or_of_one() -> None:
    """A side is measured where it says; its condition and window are checked like a claim's."""
    side = Side(condition="b", metric=Metric(statistic="level", curve="loss", window=(1, 5)))
    measured = experiment(measures=(METRIC, side))
    assert (measured.metrics("one", "a"), measured.metrics("one", "b")) == ((METRIC,), (METRIC, side.metric))
    with pytest.raises(UnknownNameError, match="condition of a measure in experiment an-experiment 'c'"):
        experiment(measures=(dataclasses.replace(side, condition="c"),))
    late = dataclasses.replace(side, metric=dataclasses.replace(METRIC, window=(1, 6)))
    with pytest.raises(SpecificationError, match="a measure in experiment an-experiment: expected a window within"):
        experiment(measures=(late,))


def test_margins_are_compared_on_their_own_scale() -> None:
    """A ratio's margin as a logarithm, a difference's as it is."""
    assert claim().primary.delta == math.log(1.25)
    assert dataclasses.replace(claim().primary, scale="difference", margin=0.01).delta == 0.01


def test_unknown_names_offer_the_nearest() -> None:
    """And all of them where none is near."""
    assert "did you mean 'loss'?" in str(UnknownNameError("curve", "los", ["loss", "accuracy"]))
    assert "known: accuracy, loss" in str(UnknownNameError("curve", "zzz", ["loss", "accuracy"]))
    assert isinstance(UnknownNameError("curve", "zzz", []), GeneratorError)


def truth(**changed: Any) -> Truth:
    """Condition `a` has to end at 0.5."""
    parts: dict[str, Any] = {"id": "g1", "statement": "s", "condition": "a", "metric": METRIC}
    return Truth(**{**parts, "theory": 0.5, "tolerance": 0.1, **changed})


def test_a_truth_is_measured_where_it_says() -> None:
    rougher = Metric(statistic="level", curve="loss", window=(1, 5))
    known = experiment(truths=(truth(), truth(id="g2", metric=rougher)))
    assert known.metrics("one", "a") == (METRIC, rougher)
    assert known.metrics("one", "b") == (METRIC,)


def test_experiments_without_truths_keep_their_digest() -> None:
    assert "truths" not in plain(experiment())
    assert "truths" in plain(experiment(truths=(truth(),)))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"id": "G 1"}, "expected a truth's id of lower-case words joined by hyphens, found 'G 1'"),
        ({"tolerance": -0.1}, "expected a tolerance of at least 0, found -0.1"),
        ({"tolerance": math.nan}, "expected a tolerance of at least 0, found nan"),
    ],
)
def test_a_truth_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecificationError, match=f"^{message}$"):
        truth(**changed)


def test_a_truth_of_an_unknown_condition_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="condition of g1 in experiment an-experiment"):
        experiment(truths=(truth(condition="c"),))


def test_a_measurement_without_a_condition_is_the_same_on_every_data_set() -> None:
    measured = Measurement(function=call("package.module:measure", size=3), condition=None)
    assert DataSet(label="one", data=call("package.data:draw")).adapt(measured) == measured
