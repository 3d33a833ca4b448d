"""The small drawings of ratios: their places on one logarithmic axis."""

import math
import re
from types import SimpleNamespace
from typing import cast

from generator import experiments
from generator.pages.bars import WIDTH, effects_on_roughness, ratio_bar
from generator.records.findings import ClaimFindings, find
from tests.figures.synthetic import record_of


def ratios(*values: float) -> ClaimFindings:
    """Stands for a claim's findings: only the ratios that they tell are read."""
    findings = [SimpleNamespace(estimate=SimpleNamespace(estimate=v), told=float) for v in values]
    return cast(ClaimFindings, SimpleNamespace(of=lambda _: findings))


def places(of: list[float], *among: list[float]) -> tuple[float, float, float]:
    """Where the line and both ends of the bar are."""
    claims = [ratios(*values) for values in (of, *among)]
    drawn = ratio_bar(claims[0], claims)
    line = _number("line", "x1", drawn)
    left, width = (_number("rect", name, drawn) for name in ("x", "width"))
    return line, left, left + width


def _number(element: str, attribute: str, drawn: str) -> float:
    found = re.search(rf'<{element} [^>]*\b{attribute}="([\d.]+)"', drawn)
    assert found is not None
    return float(found[1])


def test_equal_ratios_are_equal_distances() -> None:
    line, left, right = places([1 / 4, 4.0])
    assert (line, left, right) == (WIDTH / 2, 0, WIDTH)


def test_all_bars_of_a_table_share_an_axis_that_holds_no_difference() -> None:
    line, left, right = places([10.0], [100.0])
    assert (line, right - left) == (4, 8)
    assert math.isclose((left + right) / 2, WIDTH / 2)


def test_only_ratios_of_roughness_are_listed_and_the_largest_sure_one_first() -> None:
    claims = [
        findings
        for name in ("batch-size", "early-stopping")
        for findings in find(experiments.find(name), record_of(name))
    ]
    found = effects_on_roughness(claims)
    assert {c.claim.id for c in found} == {"C21", "C25a", "C25b"}
    least = [min(math.exp(f.estimate.estimate) for f in c.of("primary")) for c in found]
    assert least == sorted(least, reverse=True)
