"""Two records of one experiment: what changed is told, and what cannot be compared is not."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import pytest

from generator import experiments
from generator.records.changes import Setting, compare_records, with_holm
from generator.records.record import Record
from generator.records.rounding import rounded_all
from generator.stats.verdicts import Verdict
from tests.figures.synthetic import record_of

EXPERIMENT = experiments.load()["batch-size"]
CLAIM = EXPERIMENT.claims[0]


def record(**changed: Any) -> Record:
    registration = {claim.id: EXPERIMENT.registration(claim) for claim in EXPERIMENT.claims}
    return dataclasses.replace(record_of(EXPERIMENT.id), registration=registration, **changed)


def scaled(original: Record, condition: str, factor: float) -> Record:
    """The record with every metric of a condition multiplied."""
    cells: dict[str, Mapping[str, Any]] = {}
    for data_set, roles in original.cells.items():
        cell = roles[condition]
        metrics = {name: rounded_all([v * factor for v in values]) for name, values in cell.metrics.items()}
        cells[data_set] = {**roles, condition: dataclasses.replace(cell, metrics=metrics)}
    return dataclasses.replace(original, cells=cells)


def test_a_record_does_not_differ_from_itself() -> None:
    change = compare_records(EXPERIMENT, record(), record())
    assert change.paired
    assert len(change.findings) == sum(len(c.comparisons) * len(c.data_sets) for c in EXPERIMENT.claims)
    assert [f for f in change.findings if f.difference.changed or f.verdict_changed] == []
    assert (change.settings, change.amendments, change.unjudged) == ((), (), ())


def test_a_doubled_effect_is_a_ratio_of_two_within_pairs() -> None:
    """By hand: doubling the larger side adds log 2 to each pair's log ratio."""
    larger = CLAIM.primary.larger.condition
    assert CLAIM.primary.scale == "log-ratio"
    (change,) = with_holm([compare_records(EXPERIMENT, record(), scaled(record(), larger, 2.0))])
    finding = next(f for f in change.findings if f.after.claim.id == CLAIM.id and f.after.name == "primary")
    assert finding.difference.interval.estimate == pytest.approx(math.log(2), abs=1e-3)
    # All 64 pairs on one side: twice 2 to the power of -64, times the number of tests.
    assert finding.difference.p == pytest.approx(2**-63)
    assert finding.p_holm == pytest.approx(2**-63 * len(change.findings), rel=1e-6)


def test_another_answer_is_a_changed_verdict() -> None:
    larger, smaller = CLAIM.primary.larger.condition, CLAIM.primary.smaller.condition
    reversed_sides = scaled(scaled(record(), larger, 1e-3), smaller, 1e3)
    change = compare_records(EXPERIMENT, record(), reversed_sides)
    primary = [f for f in change.findings if f.after.claim.id == CLAIM.id and f.after.name == "primary"]
    assert {f.before.verdict for f in primary} == {Verdict.SUPPORTED}
    assert {f.after.verdict for f in primary} == {Verdict.REVERSED}
    assert all(f.verdict_changed for f in primary)


def test_other_replicates_are_independent_runs() -> None:
    change = compare_records(EXPERIMENT, record(), record(replicates=(1000, 1064)))
    assert not change.paired
    assert {f.difference.paired for f in change.findings} == {False}


def test_an_amended_claim_is_not_compared() -> None:
    before = record()
    amended = dataclasses.replace(before, registration={**before.registration, CLAIM.id: "0" * 64})
    change = compare_records(EXPERIMENT, amended, before)
    assert [(a.claim, a.before) for a in change.amendments] == [(CLAIM.id, "0" * 64)]
    assert CLAIM.id not in {f.after.claim.id for f in change.findings}
    unjudged = compare_records(EXPERIMENT, amended, amended)
    assert (unjudged.unjudged, unjudged.amendments) == ((CLAIM.id,), ())
    assert CLAIM.id not in {f.after.claim.id for f in unjudged.findings}


def test_settings_that_differ_are_named_and_keys_of_runs_are_not() -> None:
    before = record(provenance={"versions": {"keras": "1", "numpy": "2"}, "lock": "a", "runs": {"x": ["1"]}})
    after = record(provenance={"versions": {"keras": "1", "numpy": "3"}, "source": "b", "runs": {"x": ["2"]}})
    assert compare_records(EXPERIMENT, before, after).settings == (
        Setting(name="lock", before="a", after="absent"),
        Setting(name="source", before="absent", after="b"),
        Setting(name="versions: numpy", before="2", after="3"),
    )
