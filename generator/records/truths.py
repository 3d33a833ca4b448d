"""What came out where the answer is known: each truth of an experiment against its record."""

import math
import statistics
from dataclasses import dataclass

from generator.records.record import Record
from generator.spec import Experiment, Truth


@dataclass(frozen=True, kw_only=True)
class TruthFinding:
    """A truth on one data set: the mean over replicates and its standard error."""

    truth: Truth
    data_set: str
    measured: float
    standard_error: float

    @property
    def passed(self) -> bool:
        """Whether the mean is within the tolerance."""
        return abs(self.measured - self.truth.theory) <= self.truth.tolerance


def judge(experiment: Experiment, record: Record) -> tuple[TruthFinding, ...]:
    """Hold every truth of an experiment against its record, on every data set."""
    return tuple(_judged(truth, name, record) for truth in experiment.truths for name in experiment.data_sets)


def _judged(truth: Truth, data_set: str, record: Record) -> TruthFinding:
    values = record.metric(data_set, truth.condition, truth.metric.id)
    spread = statistics.stdev(values) if len(values) > 1 and all(map(math.isfinite, values)) else math.nan
    return TruthFinding(
        truth=truth,
        data_set=data_set,
        measured=statistics.fmean(values),
        standard_error=spread / math.sqrt(len(values)),
    )
