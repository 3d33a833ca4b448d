"""Findings: effects, estimates and verdicts from a record, against values worked out here."""

import itertools
import math
import statistics

import pytest

from generator.records.findings import find, with_holm
from generator.records.record import Cell, Record
from generator.spec import FAMILY_SIZE, Claim, Comparison, Condition, DataSet, Experiment, Metric, Side, call
from generator.stats.verdicts import Verdict

METRIC = Metric(statistic="last", curve="loss", window=(1, 5))
PAIRS = 64


def experiment(scale: str = "log-ratio", margin: float = 1.25) -> Experiment:
    """Claims that `a` is above `b`, on two data sets."""
    condition = Condition(model=call("m:m"), optimizer=call("o:o"), data=call("d:d"), epochs=5)
    comparison = Comparison(
        larger=Side(condition="a", metric=METRIC),
        smaller=Side(condition="b", metric=METRIC),
        scale=scale,
        margin=margin,
    )
    claim = Claim(id="C01", statement="s", lines=(1, 1), primary=comparison, data_sets=("one", "two"))
    return Experiment(
        id="e",
        title="t",
        question="q",
        lines=(1, 1),
        data_sets={name: DataSet(label=name, data=call("d:d")) for name in ("one", "two")},
        conditions={"a": condition, "b": condition},
        labels={"a": "A", "b": "B"},
        curves=(),
        claims=(claim,),
        figures=(),
    )


def record(a: list[float], b: list[float]) -> Record:
    """A record with these values on both data sets."""
    cells = {name: Cell(metrics={METRIC.id: tuple(v)}, curves={}, diverged=0) for name, v in (("a", a), ("b", b))}
    return Record(
        experiment="e", replicates=(0, len(a)), registration={}, provenance={}, cells={"one": cells, "two": cells}
    )


def spread(centre: float) -> list[float]:
    """Values around a centre, all different."""
    return [centre * (1 + 0.001 * i) for i in range(PAIRS)]


def test_effects_and_estimate_by_brute_force() -> None:
    """Hodges-Lehmann: the median of all pairwise averages of the log ratios."""
    a, b = [2.0 + 0.01 * i * i for i in range(PAIRS)], spread(1.0)
    finding = find(experiment(), record(a, b))[0].of("primary")[0]
    logs = [math.log(x / y) for x, y in zip(a, b, strict=True)]
    walsh = [(p + q) / 2 for p, q in itertools.combinations_with_replacement(logs, 2)]
    assert finding.effects == pytest.approx(logs, abs=1e-14)
    assert finding.estimate.estimate == pytest.approx(statistics.median(walsh), abs=1e-14)
    assert finding.told(finding.estimate.estimate) == pytest.approx(math.exp(statistics.median(walsh)))
    assert finding.estimate.wins == PAIRS


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [
        (2.0, Verdict.SUPPORTED),
        (0.5, Verdict.REVERSED),
        (1.1, Verdict.NEGLIGIBLE),
        (0.9, Verdict.NEGLIGIBLE),
    ],
)
def test_verdicts_of_clear_ratios(ratio: float, expected: Verdict) -> None:
    """All pairs have the same ratio, so the interval is a point."""
    claims = find(experiment(), record(spread(ratio), spread(1.0)))[0]
    assert [finding.verdict for finding in claims.of("primary")] == [expected] * 2
    assert claims.verdict is expected


def test_equal_sides_have_no_material_effect_and_wild_ones_decide_nothing() -> None:
    """Log ratios from -3 to 3 around no effect: an interval far wider than the margin."""
    equal = find(experiment(), record(spread(1.0), spread(1.0)))[0]
    assert equal.verdict is Verdict.NO_MATERIAL_EFFECT
    wild = [value * math.exp(6 * i / (PAIRS - 1) - 3) for i, value in enumerate(spread(1.0))]
    assert find(experiment(), record(wild, spread(1.0)))[0].verdict is Verdict.INCONCLUSIVE


def test_diverged_runs_count_as_the_worst() -> None:
    """A few infinities among `a` move the interval up and stay among the pairs."""
    a = [math.inf if i < 3 else v for i, v in enumerate(spread(1.0))]
    finding = find(experiment(), record(a, spread(1.0)))[0].of("primary")[0]
    assert finding.estimate.n == PAIRS
    assert finding.estimate.infinite == 3
    assert finding.effects.count(math.inf) == 3


def test_differences_are_told_in_their_unit() -> None:
    """No exponential."""
    finding = find(experiment("difference", 0.1), record(spread(1.5), spread(1.0)))[0].of("primary")[0]
    assert finding.told(finding.estimate.estimate) == finding.estimate.estimate == pytest.approx(0.5, abs=0.02)


def test_holm_counts_the_whole_family() -> None:
    """One tested claim of the family: its p times the family's size."""
    claims = with_holm(find(experiment(), record(spread(1.02), spread(1.0))))
    for finding in claims[0].of("primary"):
        assert finding.p_holm == pytest.approx(min(1.0, finding.estimate.p * FAMILY_SIZE))
