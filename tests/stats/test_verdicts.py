"""Verdicts: exactly one for every interval, and one rule over data sets."""

import itertools
import math
from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from generator.errors import GeneratorError
from generator.stats.inference import Estimate
from generator.stats.verdicts import Verdict, decide, decide_at_most, decide_equality, overall

DELTA = 0.25

#: The five rules, each on its own, of the 95 % interval, the 90 % one inside it, and the estimate.
RULES: dict[Verdict, Callable[[float, float, float, float, float, float], bool]] = {
    Verdict.SUPPORTED: lambda lo, lo90, mid, hi90, hi, d: lo > 0 and mid >= d,
    Verdict.REVERSED: lambda lo, lo90, mid, hi90, hi, d: hi < 0 and mid <= -d,
    Verdict.NEGLIGIBLE: lambda lo, lo90, mid, hi90, hi, d: (lo > 0 and hi < d) or (hi < 0 and lo > -d),
    Verdict.NO_MATERIAL_EFFECT: lambda lo, lo90, mid, hi90, hi, d: lo <= 0 <= hi and lo90 > -d and hi90 < d,
    Verdict.INCONCLUSIVE: lambda lo, lo90, mid, hi90, hi, d: (
        (lo <= 0 <= hi and (lo90 <= -d or hi90 >= d)) or (lo > 0 and mid < d <= hi) or (hi < 0 and lo <= -d < mid)
    ),
}


def estimate(lower: float, lower_90: float, middle: float, upper_90: float, upper: float) -> Estimate:
    return Estimate(
        estimate=middle,
        lower=lower,
        upper=upper,
        lower_90=lower_90,
        upper_90=upper_90,
        lower_single=lower_90,
        upper_single=upper_90,
        p=0.5,
        n=64,
        wins=32,
        infinite=0,
    )


def check(limits: tuple[float, float, float, float, float], delta: float) -> None:
    holding = [verdict for verdict, rule in RULES.items() if rule(*limits, delta)]
    assert holding == [decide(estimate(*limits), delta)], limits


def test_one_verdict_holds_for_every_interval_of_a_grid() -> None:
    grid = [-math.inf, -0.5, -DELTA, -0.1, 0.0, 0.1, DELTA, 0.5, math.inf]
    for limits in itertools.combinations_with_replacement(grid, 5):
        check(limits, DELTA)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(
    limits=st.lists(st.one_of(st.floats(-3, 3), st.sampled_from([-1.0, 0.0, 1.0])), min_size=5, max_size=5),
    delta=st.sampled_from([1.0, 0.2231, 2.5]),
)
def test_one_verdict_holds_for_every_interval(limits: list[float], delta: float) -> None:
    a, b, c, d, e = sorted(limits)
    check((a, b, c, d, e), delta)


@pytest.mark.parametrize(
    ("limits", "verdict"),
    [
        ((0.1, 0.2, 0.4, 0.6, 0.7), "supported"),
        ((-0.7, -0.6, -0.4, -0.2, -0.1), "refuted (reverse)"),
        ((0.05, 0.06, 0.1, 0.2, 0.22), "negligible"),
        ((-0.22, -0.2, -0.1, -0.06, -0.05), "negligible"),
        ((-0.3, -0.2, 0.0, 0.2, 0.3), "refuted (no material effect)"),
        ((-0.3, -0.26, 0.0, 0.2, 0.3), "inconclusive"),
        ((0.05, 0.06, 0.2, 0.3, 0.4), "inconclusive"),
        ((-math.inf, -math.inf, 1.0, math.inf, math.inf), "inconclusive"),
        ((math.inf,) * 5, "supported"),
    ],
)
def test_by_example(limits: tuple[float, float, float, float, float], verdict: str) -> None:
    assert decide(estimate(*limits), DELTA).value == verdict


@settings(derandomize=True, deadline=None, max_examples=40)
@given(limits=st.lists(st.floats(-1, 1), min_size=5, max_size=5))
def test_the_opposite_effect_gets_the_opposite_verdict(limits: list[float]) -> None:
    assume(len(set(limits)) == 5)
    a, b, c, d, e = sorted(limits)
    opposite = {Verdict.SUPPORTED: Verdict.REVERSED, Verdict.REVERSED: Verdict.SUPPORTED}
    verdict = decide(estimate(a, b, c, d, e), DELTA)
    assert decide(estimate(-e, -d, -c, -b, -a), DELTA) is opposite.get(verdict, verdict)


@pytest.mark.parametrize("delta", [0.0, -1.0, math.inf, math.nan])
def test_refuses_a_margin_that_is_none(delta: float) -> None:
    with pytest.raises(GeneratorError, match=f"expected a material effect above 0, found {delta:g}"):
        decide(estimate(0, 0, 0, 0, 0), delta)


def plain_overall(verdicts: tuple[Verdict, ...]) -> str:
    """The rule by counting words."""
    words = [verdict.value for verdict in verdicts]
    if len(words) == 1:
        return words[0]
    refuted = any(word.startswith("refuted") for word in words)
    answers = []
    for word in ("supported", "negligible", "refuted (reverse)", "refuted (no material effect)"):
        against = refuted if word == "supported" else word.startswith("refuted") and "supported" in words
        if words.count(word) >= 2 and not against:
            answers.append(word)
    return answers[0] if len(answers) == 1 else "inconclusive"


@pytest.mark.parametrize("data_sets", [1, 2, 3, 4])
def test_overall_follows_its_rule_for_every_combination(data_sets: int) -> None:
    for verdicts in itertools.product(Verdict, repeat=data_sets):
        assert overall(verdicts).value == plain_overall(verdicts), verdicts


S, N, R, M, I = Verdict  # noqa: E741


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([S, S, S], S),
        ([S, S, N], S),
        ([S, S, I], S),
        ([S, S, R], I),
        ([S, S, M], I),
        ([S, I, I], I),
        ([S, N, M], I),
        ([R, R, M], R),
        ([R, M, M], M),
        ([R, R, S], I),
        ([M, M, S], I),
        ([N, N, S], N),
        ([N, N, R], N),
        ([S, N], I),
        ([S, S], S),
        ([M], M),
        ([I, I, S, S], S),
        ([N, N, S, S], I),
        ([R, R, M, M], I),
    ],
)
def test_overall_by_example(verdicts: list[Verdict], expected: Verdict) -> None:
    assert overall(verdicts) is expected
    assert overall(verdicts[::-1]) is expected


def test_overall_needs_a_verdict() -> None:
    with pytest.raises(GeneratorError, match="expected the verdict of at least one data set, found none"):
        overall([])


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [
        ((-0.2, -0.1, 0.0, 0.1, 0.2), Verdict.SUPPORTED),
        ((0.05, 0.06, 0.1, 0.15, 0.2), Verdict.SUPPORTED),
        ((-0.2, -0.15, -0.1, -0.06, -0.05), Verdict.SUPPORTED),
        ((0.1, 0.2, 0.4, 0.6, 0.7), Verdict.REVERSED),
        ((-0.7, -0.6, -0.4, -0.2, -0.1), Verdict.REVERSED),
        ((-0.4, -0.3, 0.0, 0.3, 0.4), Verdict.INCONCLUSIVE),
        ((0.1, 0.12, 0.2, 0.3, 0.4), Verdict.INCONCLUSIVE),
    ],
)
def test_equality_is_supported_by_intervals_that_exclude_an_effect(
    interval: tuple[float, float, float, float, float], verdict: Verdict
) -> None:
    """Schuirmann's rule read from the interval: inside (-d, d) supports, a material effect refutes."""
    assert decide_equality(estimate(*interval), DELTA) is verdict


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [
        ((-0.2, -0.1, 0.0, 0.1, 0.2), Verdict.SUPPORTED),
        ((-0.7, -0.6, -0.4, -0.2, -0.1), Verdict.SUPPORTED),
        ((-0.7, -0.6, -0.2, 0.2, 0.3), Verdict.SUPPORTED),
        ((-math.inf, -math.inf, -1.0, 0.2, 0.3), Verdict.SUPPORTED),
        ((0.05, 0.06, 0.1, 0.15, 0.2), Verdict.SUPPORTED),
        ((-0.4, -0.3, 0.0, 0.25, 0.4), Verdict.INCONCLUSIVE),
        ((0.1, 0.12, 0.2, 0.3, 0.4), Verdict.INCONCLUSIVE),
        ((0.1, 0.2, 0.4, 0.6, 0.7), Verdict.REVERSED),
    ],
)
def test_no_more_is_supported_by_what_ends_below_an_effect(
    interval: tuple[float, float, float, float, float], verdict: Verdict
) -> None:
    """A test of non-inferiority: how far below does not matter."""
    assert decide_at_most(estimate(*interval), DELTA) is verdict
