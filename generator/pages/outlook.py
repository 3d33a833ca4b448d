"""What more replicates or experiments would cost, from the slopes that were measured."""

from collections.abc import Sequence
from dataclasses import dataclass

from generator.records.times import Growth, Times

#: Bytes of a float64.
_FLOAT = 8


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """The expected seconds of a run and of one interval, and the bytes of the pairwise averages that it sorts."""

    replicates: int
    run: float
    interval: float
    averages: int

    @property
    def bottleneck(self) -> str:
        """Which of the two takes longer."""
        return "training" if self.run > self.interval else "the exact interval"


def outlook(growth: Sequence[Growth], replicates: int) -> Outlook:
    """Training grows by the slope between the least and the most replicates measured, an interval with their square."""
    least, most = growth[0], growth[-1]
    slope = (most.run - least.run) / (most.replicates - least.replicates)
    return Outlook(
        replicates=replicates,
        run=most.run + slope * (replicates - most.replicates),
        interval=most.interval * (replicates / most.replicates) ** 2,
        averages=_FLOAT * replicates * (replicates + 1) // 2,
    )


def seconds_an_experiment(times: Times) -> float:
    """Mean seconds of training, over the experiments that were timed."""
    return sum(sum(cells.values()) for cells in times.seconds.values()) / len(times.seconds)
