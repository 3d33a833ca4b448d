"""A truth passes exactly where the mean over replicates lies within its tolerance."""

import math

import pytest

from generator.records.record import Cell, Record
from generator.records.truths import judge
from generator.spec import DataSet, Experiment, Measurement, Metric, Truth, call

METRIC = Metric(statistic="last", curve="variance", window=(1, 1))

EXPERIMENT = Experiment(
    id="known",
    title="Known",
    question="?",
    lines=(1, 1),
    data_sets={"one": DataSet(label="one", data=call("a:b")), "two": DataSet(label="two", data=call("a:b"))},
    conditions={"descent": Measurement(function=call("a:b"), condition=None)},
    labels={"descent": "descent"},
    curves=(),
    claims=(),
    figures=(),
    truths=(Truth(id="g1", statement="s", condition="descent", metric=METRIC, theory=2.0, tolerance=0.25),),
)


def record(*values: float) -> Record:
    cell = Cell(metrics={METRIC.id: values}, curves={}, diverged=0)
    cells = {name: {"descent": cell} for name in EXPERIMENT.data_sets}
    return Record(experiment="known", replicates=(0, len(values)), registration={}, provenance={}, cells=cells)


def test_every_data_set_is_judged_by_its_mean() -> None:
    findings = judge(EXPERIMENT, record(1.0, 2.0, 3.0, 2.5))
    assert [finding.data_set for finding in findings] == ["one", "two"]
    assert findings[0].measured == 2.125
    # Squared deviations add up to 2.1875, by hand.
    assert findings[0].standard_error == pytest.approx(math.sqrt(2.1875 / 3 / 4))


@pytest.mark.parametrize(
    ("values", "passed"),
    [
        ((2.25, 2.25), True),
        ((1.75, 1.75), True),
        ((2.26, 2.26), False),
        ((1.74, 1.74), False),
        ((0.0, 4.0), True),
        ((2.0,), True),
        ((2.0, math.inf), False),
        ((2.0, math.nan), False),
    ],
)
def test_passes_up_to_its_tolerance(values: tuple[float, ...], passed: bool) -> None:
    assert judge(EXPERIMENT, record(*values))[0].passed is passed
