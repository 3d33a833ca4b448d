"""What pages tell of all runs of a condition in one number, beside the claims."""

import math
import statistics
from collections.abc import Iterable, Sequence

import numpy as np

from generator.records.record import Record
from generator.stats.trend import Trend, page_trend


def middle(values: Sequence[float]) -> float:
    """The median of the runs."""
    return float(np.median(values))


def middle_ratio(values: Sequence[float], others: Sequence[float]) -> float:
    """The median over the runs of one number divided by another of the same run."""
    return middle([value / other for value, other in zip(values, others, strict=True)])


def scatter(values: Sequence[float]) -> float:
    """The standard deviation over the runs (divisor n - 1): exactly 0 of equal ones, infinite where one diverged."""
    return statistics.stdev(values) if np.isfinite(values).all() else math.inf


def trend(record: Record, data_set: str, roles: Iterable[str], metric: str) -> Trend:
    """Page's test of whether a metric rises, in each run, from condition to condition in this order."""
    return page_trend(np.transpose([record.metric(data_set, role, metric) for role in roles]))
