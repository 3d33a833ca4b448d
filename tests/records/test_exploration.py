"""Explorations by another route: SciPy's signed-rank test, and averages of pairs written out."""

import itertools
import math

import numpy as np
import pytest
import scipy.stats

from generator import experiments
from generator.records.exploration import Exploration, explore
from generator.records.record import Record
from generator.stats.verdicts import Verdict
from tests.figures.synthetic import record_of

REFERENCE = "rate-0.001-batch-32"
FAMILY = 19 * 4 * 6


@pytest.fixture(scope="module")
def record() -> Record:
    return record_of("explorer")


@pytest.fixture(scope="module")
def explored(record: Record) -> dict[str, tuple[Exploration, ...]]:
    return explore(experiments.find("explorer"), record, "planted-teacher", REFERENCE)


def effects(record: Record, role: str, found: Exploration) -> np.ndarray:
    """Log ratios from the record, read without the code under test."""
    metrics = record.cells["planted-teacher"]
    (of_reference,) = (
        values
        for name, values in metrics[REFERENCE].metrics.items()
        if name.startswith(f"second_difference_sd of {found.metric.curve}, ")
    )
    return np.log(metrics[role].metrics[found.metric.id]) - np.log(of_reference)


def test_every_curve_of_every_setting_is_compared_but_the_reference(
    explored: dict[str, tuple[Exploration, ...]],
) -> None:
    assert set(explored) == set(experiments.find("explorer").conditions)
    assert {len(found) for found in explored.values()} == {4 * 6}
    assert all(found.estimate is None and found.verdict is None for found in explored[REFERENCE])
    assert sum(found.estimate is not None for of_role in explored.values() for found in of_role) == FAMILY


@pytest.mark.parametrize("role", ["rate-0.01-batch-32", "rate-1-batch-800"])
def test_estimates_and_intervals_are_those_of_scipy(
    role: str, record: Record, explored: dict[str, tuple[Exploration, ...]]
) -> None:
    for found in explored[role][::9]:
        assert found.estimate is not None
        values = effects(record, role, found)
        pairs = itertools.combinations_with_replacement(values, 2)
        assert found.estimate.estimate == pytest.approx(np.median([(a + b) / 2 for a, b in pairs]))
        assert found.estimate.p == pytest.approx(scipy.stats.wilcoxon(values, method="exact").pvalue)
        # The limits are where the test of a shift changes its mind at the level of the whole page.
        for limit, inwards in ((found.estimate.lower, 1e-9), (found.estimate.upper, -1e-9)):
            inside, outside = (
                scipy.stats.wilcoxon(values - limit - d, method="exact").pvalue for d in (inwards, -inwards)
            )
            assert outside <= 0.05 / FAMILY < inside


@pytest.mark.parametrize(
    ("ratio", "verdict"),
    [
        (3.0, Verdict.SUPPORTED),
        (1 / 3, Verdict.REVERSED),
        (1.1, Verdict.NEGLIGIBLE),
        (1.0, Verdict.NO_MATERIAL_EFFECT),
    ],
)
def test_verdicts_of_planted_ratios(ratio: float, verdict: Verdict, record: Record) -> None:
    """The reference's own values times a ratio, with a spread that is too small to hide it."""
    cells = record.cells["planted-teacher"]
    curve = "second_difference_sd of loss, 17 to 50"
    spread = np.exp(np.random.default_rng(1).normal(0, 0.01, 64))
    spread /= math.exp(np.log(spread).mean())
    cell = cells["rate-0.1-batch-8"]
    planted = tuple(np.array(cells[REFERENCE].metrics[curve]) * spread * ratio)
    changed = type(cell)(metrics={**cell.metrics, curve: planted}, curves=cell.curves, diverged=0)
    other = type(record)(**{**vars(record), "cells": {"planted-teacher": {**cells, "rate-0.1-batch-8": changed}}})
    found = explore(experiments.find("explorer"), other, "planted-teacher", REFERENCE)["rate-0.1-batch-8"]
    assert [e.verdict for e in found if e.metric.id == curve] == [verdict]
