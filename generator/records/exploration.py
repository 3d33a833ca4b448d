"""From a record to explorations: every setting of a grid against one of them, with nothing claimed beforehand."""

from collections.abc import Iterator
from dataclasses import dataclass

from generator.records.record import Record
from generator.spec import Comparison, Experiment, Metric, Side
from generator.stats.inference import Estimate, estimate_effect, paired_effects
from generator.stats.verdicts import Verdict, decide

_STATISTIC = "second_difference_sd"


@dataclass(frozen=True, kw_only=True)
class Exploration:
    """How rough one curve of one setting is, a value per replicate, and that against the reference setting.

    `estimate` is of log ratios and simultaneous over all comparisons of the grid, `verdict` what the rule for claims
    would say of it; the reference itself has neither.
    """

    metric: Metric
    roughness: tuple[float, ...]
    estimate: Estimate | None
    verdict: Verdict | None


def explore(
    experiment: Experiment, record: Record, data_set: str, reference: str
) -> dict[str, tuple[Exploration, ...]]:
    """What there is to see in each setting, by its role; `reference` is the role that all are compared with."""
    known = {side.metric.curve: side for side in _sides(experiment, data_set, reference)}
    family = (len(experiment.conditions) - 1) * len(known)
    return {
        role: tuple(
            _explored(record, data_set, side, known[side.metric.curve], family)
            for side in _sides(experiment, data_set, role)
        )
        for role in experiment.conditions
    }


def _sides(experiment: Experiment, data_set: str, role: str) -> Iterator[Side]:
    """The roughness of each curve of one setting."""
    for metric in experiment.metrics(data_set, role):
        if metric.statistic == _STATISTIC:
            yield Side(condition=role, metric=metric)


def _explored(record: Record, data_set: str, side: Side, reference: Side, family: int) -> Exploration:
    larger, smaller = (record.metric(data_set, s.condition, s.metric.id) for s in (side, reference))
    if side == reference:
        return Exploration(metric=side.metric, roughness=larger, estimate=None, verdict=None)
    comparison = Comparison(larger=side, smaller=reference)
    estimate = estimate_effect(paired_effects(larger, smaller, comparison.scale), family)
    return Exploration(
        metric=side.metric, roughness=larger, estimate=estimate, verdict=decide(estimate, comparison.delta)
    )
