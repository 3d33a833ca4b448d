"""What does an interval say about a claim? One of five verdicts, by rules that leave no case open."""

import math
from collections.abc import Sequence
from enum import Enum

from generator.errors import GeneratorError
from generator.stats.inference import Estimate


class Verdict(Enum):
    """The answer to a claim; the value is how pages word it."""

    SUPPORTED = "supported"
    NEGLIGIBLE = "negligible"
    REVERSED = "refuted (reverse)"
    NO_MATERIAL_EFFECT = "refuted (no material effect)"
    INCONCLUSIVE = "inconclusive"


_CONTRADICTIONS = (
    {Verdict.SUPPORTED, Verdict.REVERSED},
    {Verdict.SUPPORTED, Verdict.NO_MATERIAL_EFFECT},
)


#: What the verdict on a difference means for the claim that there is none.
_ON_EQUALITY = {
    Verdict.NO_MATERIAL_EFFECT: Verdict.SUPPORTED,
    Verdict.NEGLIGIBLE: Verdict.SUPPORTED,
    Verdict.SUPPORTED: Verdict.REVERSED,
    Verdict.REVERSED: Verdict.REVERSED,
    Verdict.INCONCLUSIVE: Verdict.INCONCLUSIVE,
}


def decide_equality(estimate: Estimate, delta: float) -> Verdict:
    """The verdict on the claim that there is no effect of at least `delta`, either way.

    Supported where `decide` finds no effect or a negligible one, refuted where it finds one.
    """
    return _ON_EQUALITY[decide(estimate, delta)]


def decide_at_most(estimate: Estimate, delta: float) -> Verdict:
    """The verdict on the claim that an effect is below `delta`, however far, as in a test of non-inferiority.

    Supported where the simultaneous 90 % interval ends below delta, refuted where `decide` finds an effect.
    """
    if decide(estimate, delta) is Verdict.SUPPORTED:
        return Verdict.REVERSED
    return Verdict.SUPPORTED if estimate.upper_90 < delta else Verdict.INCONCLUSIVE


def decide(estimate: Estimate, delta: float) -> Verdict:
    """The verdict on one data set; effects in the claimed direction are positive, material ones at least `delta`.

    On the simultaneous 95 % interval: supported, if it is above 0 and the estimate at least delta; refuted in reverse,
    if it is below 0 and the estimate at most -delta; negligible, if it is on one side of 0, either, and inside
    (-delta, delta). Refuted for want of a material effect, if it contains 0 and the simultaneous 90 % interval is
    inside (-delta, delta), which is a test of equivalence (Schuirmann 1987). Otherwise inconclusive.
    """
    if not 0 < delta < math.inf:
        raise GeneratorError(f"expected a material effect above 0, found {delta:g}")
    if estimate.lower > 0 or estimate.upper < 0:
        return _one_sided(estimate, delta)
    if _inside(estimate.lower_90, estimate.upper_90, delta):
        return Verdict.NO_MATERIAL_EFFECT
    return Verdict.INCONCLUSIVE


def _one_sided(estimate: Estimate, delta: float) -> Verdict:
    if _inside(estimate.lower, estimate.upper, delta):
        return Verdict.NEGLIGIBLE
    if abs(estimate.estimate) < delta:
        return Verdict.INCONCLUSIVE
    return Verdict.SUPPORTED if estimate.lower > 0 else Verdict.REVERSED


def _inside(lower: float, upper: float, delta: float) -> bool:
    return -delta < lower and upper < delta


def overall(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict over all data sets of a claim.

    With one data set, its verdict. With more, the one verdict that holds on at least two of them and that none
    contradicts, and inconclusive where there is no such verdict or more than one. Supported is contradicted by either
    refutation, and each refutation by supported; negligible and inconclusive contradict nothing and nothing them, and
    inconclusive, which answers nothing, never competes with an answer.
    """
    if not verdicts:
        raise GeneratorError("expected the verdict of at least one data set, found none")
    if len(verdicts) == 1:
        return verdicts[0]
    agreed = [verdict for verdict in Verdict if _agreed(verdict, verdicts)]
    return agreed[0] if len(agreed) == 1 else Verdict.INCONCLUSIVE


def _agreed(verdict: Verdict, verdicts: Sequence[Verdict]) -> bool:
    if verdict is Verdict.INCONCLUSIVE or verdicts.count(verdict) < 2:
        return False
    return not any({verdict, other} in _CONTRADICTIONS for other in verdicts)
