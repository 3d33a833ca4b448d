"""Row 1: what a training curve costs, against `model.fit`."""

import contextlib
import json
import statistics
from collections.abc import Iterator, Sequence

from benchmarks.child.curves_together import ROUNDS
from benchmarks.comparison import Quantity, Row, Side
from benchmarks.processes import Waiting, timed, together, waiting
from generator.running.conditions import CHUNK

WORKERS = 2
STEADY_REPETITIONS = 15
FRESH_REPETITIONS = 3
FITS = 5

#: Numbers of curves and how many times faster than the same number of fits they should be.
FRESH = {64: 40, 1024: 200}


def steady() -> Iterator[Row]:
    """Compilation excluded on both sides."""
    ours, alone, both = [], [], []
    with _processes() as (trainers, fitters):
        for _ in range(STEADY_REPETITIONS):
            together(fitters, "prepare")
            _, (seconds,) = together(fitters[:1], "fit")
            alone.append(seconds)
            wall, _ = together(trainers)
            ours.append(wall / (WORKERS * ROUNDS * CHUNK))
            _, pair = together(fitters, "fit")
            both.append(max(pair) / len(pair))
    curve = Side(label=f"{WORKERS} processes × {CHUNK} replicates at once, per curve; all curves recorded", values=ours)
    yield Row(
        id="1a",
        title="a 10-epoch curve, steady state",
        ours=curve,
        reference=Side(label="a fresh model's second `model.fit`, in one process", values=alone),
        quantity=Quantity.TIMES_FASTER,
        at_least=400,
    )
    yield Row(
        id="1b",
        title="the same, against as many processes",
        ours=curve,
        reference=Side(label=f"second `model.fit` in {WORKERS} processes at once, per curve", values=both),
        quantity=Quantity.TIMES_FASTER,
    )


@contextlib.contextmanager
def _processes() -> Iterator[tuple[list[Waiting], list[Waiting]]]:
    with contextlib.ExitStack() as stack:
        starts = (str(100_000 * i) for i in range(WORKERS))
        trainers = [stack.enter_context(waiting("benchmarks.child.curves_together", start)) for start in starts]
        fitters = [stack.enter_context(waiting("benchmarks.child.fit")) for _ in range(WORKERS)]
        yield trainers, fitters


def fresh() -> Iterator[Row]:
    """Everything included: process start, imports, compilation, data, training, storing."""
    ours: dict[int, list[float]] = {count: [] for count in FRESH}
    starts, fits, scripts = [], [], []
    for _ in range(FRESH_REPETITIONS):
        for count, seconds in ours.items():
            wall, _ = timed("benchmarks.child.everything", str(count), str(WORKERS))
            seconds.append(wall / count)
        wall, told = timed("benchmarks.child.fit", str(FITS))
        starts.append(wall - sum(json.loads(told)))
        fits += json.loads(told)
        scripts.append(timed("benchmarks.child.fit", "1")[0])
    for (count, target), letters in zip(FRESH.items(), ("cd", "ef"), strict=True):
        side = Side(
            label=f"the run of {count} replicates from a cold process into the store, per curve", values=ours[count]
        )
        yield Row(
            id=f"1{letters[0]}",
            title=f"{count} curves, everything included",
            ours=side,
            reference=Side(
                label=f"{count} fresh models fitted once each in one process, per curve, from {len(fits)} fits",
                values=_extrapolated(starts, fits, count),
            ),
            quantity=Quantity.TIMES_FASTER,
            at_least=target,
        )
        yield Row(
            id=f"1{letters[1]}",
            title="the same, against a script run once a seed",
            ours=side,
            reference=Side(label="a process that fits one fresh model once", values=scripts),
            quantity=Quantity.TIMES_FASTER,
        )


def _extrapolated(starts: Sequence[float], fits: Sequence[float], count: int) -> list[float]:
    """Seconds a curve: one start shared by all, and the median fit."""
    return [start / count + statistics.median(fits) for start in starts]
