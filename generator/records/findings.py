"""From a record to findings: the estimate and verdict of every comparison of every claim, on every data set."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from generator.errors import GeneratorError
from generator.records.record import Record
from generator.spec import FAMILY_SIZE, Claim, Comparison, Experiment, Side
from generator.stats.inference import Estimate, estimate_effect, holm, paired_effects
from generator.stats.verdicts import Verdict, decide, decide_at_most, decide_equality, overall


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One comparison on one data set.

    `effects` are the paired log ratios or differences, one a replicate; `larger` and `smaller` the two sides' values.
    `p_holm` is given for the comparisons that decide verdicts: adjusted over the family, within the data set.
    """

    claim: Claim
    name: str
    comparison: Comparison
    data_set: str
    larger: tuple[float, ...]
    smaller: tuple[float, ...]
    effects: tuple[float, ...]
    estimate: Estimate
    verdict: Verdict
    p_holm: float | None = None

    @property
    def is_ratio(self) -> bool:
        """Whether the effect is told as a ratio."""
        return self.comparison.scale == "log-ratio"

    def told(self, value: float) -> float:
        """A number of the estimate on the scale that readers are told: a ratio, or a difference in the unit."""
        if not self.is_ratio:
            return value
        return math.inf if value > math.log(1e300) else math.exp(value)


@dataclass(frozen=True, kw_only=True)
class ClaimFindings:
    """Everything found about one claim."""

    claim: Claim
    findings: tuple[Finding, ...]

    def of(self, name: str) -> tuple[Finding, ...]:
        """The findings of one comparison, one a data set."""
        return tuple(finding for finding in self.findings if finding.name == name)

    def overall(self, name: str) -> Verdict:
        """The verdict of one comparison over all data sets, by the one rule of `stats.verdicts.overall`."""
        return overall([finding.verdict for finding in self.of(name)])

    @property
    def verdict(self) -> Verdict:
        """The overall verdict on the claim: that of its primary comparison."""
        return self.overall("primary")

    @property
    def mechanism(self) -> Verdict | None:
        """The overall verdict on the explanation, where the claim gives one."""
        return self.overall("mechanism") if self.claim.mechanism else None


def find(experiment: Experiment, record: Record) -> tuple[ClaimFindings, ...]:
    """Judge every claim of an experiment from its record alone."""
    return tuple(ClaimFindings(claim=claim, findings=tuple(_findings(claim, record))) for claim in experiment.claims)


def with_holm(claims: Sequence[ClaimFindings]) -> tuple[ClaimFindings, ...]:
    """Add Holm's adjusted p-values to the primary findings, over all claims of the family tested so far."""
    primary = [finding for claim in claims for finding in claim.of("primary")]
    adjusted: dict[tuple[str, str], float] = {}
    for data_set in {finding.data_set for finding in primary}:
        family = [finding for finding in primary if finding.data_set == data_set]
        values = holm([finding.estimate.p for finding in family], FAMILY_SIZE)
        adjusted |= {(f.claim.id, data_set): p for f, p in zip(family, values, strict=True)}
    return tuple(
        replace(claim, findings=tuple(_adjusted(finding, adjusted) for finding in claim.findings)) for claim in claims
    )


def _adjusted(finding: Finding, p_values: dict[tuple[str, str], float]) -> Finding:
    if finding.name != "primary":
        return finding
    return replace(finding, p_holm=p_values[finding.claim.id, finding.data_set])


def _findings(claim: Claim, record: Record) -> Iterator[Finding]:
    for name, comparison in claim.comparisons.items():
        for data_set in claim.data_sets:
            yield _finding(claim, name, comparison, data_set, record)


def _finding(claim: Claim, name: str, comparison: Comparison, data_set: str, record: Record) -> Finding:
    larger, smaller = (_side(record, data_set, side) for side in (comparison.larger, comparison.smaller))
    if len(larger) != len(smaller):
        raise GeneratorError(f"claim {claim.id}: expected pairs, found {len(larger)} and {len(smaller)} replicates")
    effects = paired_effects(larger, smaller, comparison.scale)
    estimate = estimate_effect(effects, FAMILY_SIZE)
    return Finding(
        claim=claim,
        name=name,
        comparison=comparison,
        data_set=data_set,
        larger=larger,
        smaller=smaller,
        effects=tuple(float(effect) for effect in effects),
        estimate=estimate,
        verdict=_rule(comparison)(estimate, comparison.delta),
    )


def _rule(comparison: Comparison) -> Callable[[Estimate, float], Verdict]:
    """How a comparison is decided."""
    if comparison.at_most:
        return decide_at_most
    return decide_equality if comparison.equal else decide


def _side(record: Record, data_set: str, side: Side) -> tuple[float, ...]:
    return record.metric(data_set, side.condition, side.metric.id)
