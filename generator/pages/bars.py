"""A range of ratios as a small drawing beside its numbers, on one logarithmic axis for a whole table."""

import math
from collections.abc import Iterable, Sequence

from markupsafe import Markup

from generator.records.findings import ClaimFindings
from generator.stats.roughness import second_difference_sd, third_difference_sd

WIDTH, HEIGHT = 160, 16
_RADIUS = 4

#: The statistics that pages call roughness.
_ROUGHNESS = (second_difference_sd.__name__, third_difference_sd.__name__)


def effects_on_roughness(claims: Iterable[ClaimFindings]) -> list[ClaimFindings]:
    """The claims whose primary comparison is a ratio of the roughness of curves, the largest sure effect first."""
    found = [c for c in claims if _is_of_roughness(c)]
    return sorted(found, key=lambda c: min(_ratios(c)), reverse=True)


def ratio_bar(of: ClaimFindings, among: Sequence[ClaimFindings]) -> Markup:
    """From the smallest to the largest ratio of a claim's data sets, over a line at 1; says nothing new, so hidden."""
    everything = [1.0, *(ratio for claim in among for ratio in _ratios(claim))]
    low, high = math.log(min(everything)), math.log(max(everything))

    def place(ratio: float) -> float:
        return round(_RADIUS + (WIDTH - 2 * _RADIUS) * (math.log(ratio) - low) / (high - low), 1)

    start, end, one = place(min(_ratios(of))), place(max(_ratios(of))), place(1.0)
    return Markup(
        f'<svg class="ratio" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" aria-hidden="true">'
        f'<line x1="{one}" x2="{one}" y1="0" y2="{HEIGHT}"></line>'
        f'<rect x="{start - _RADIUS:g}" y="{HEIGHT / 2 - _RADIUS:g}" width="{end - start + 2 * _RADIUS:g}" '
        f'height="{2 * _RADIUS}" rx="{_RADIUS}"></rect></svg>'
    )


def _is_of_roughness(claims: ClaimFindings) -> bool:
    primary = claims.claim.primary
    return primary.scale == "log-ratio" and primary.larger.metric.statistic in _ROUGHNESS


def _ratios(claims: ClaimFindings) -> list[float]:
    return [finding.told(finding.estimate.estimate) for finding in claims.of("primary")]
