"""How a run's cost grows with replicates: timed from a cold process, for the page on work larger than one machine."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from generator.records.times import Growth
from generator.running.conditions import tasks
from generator.running.executors import compute
from generator.running.keys import run_key
from generator.running.store import Store
from generator.spec import PILOT, Condition, Measurement
from generator.stats.inference import estimate_effect

REPLICATES = (64, 256, 1024)


def measure_growth(condition: Condition | Measurement, workers: int) -> tuple[Growth, ...]:
    """Time a condition's run with more and more replicates, and the interval of as many pairs."""
    return tuple(
        Growth(
            replicates=count,
            run=round(_seconds(_run, condition, count, workers), 2),
            interval=round(_seconds(_estimate, count), 6),
        )
        for count in REPLICATES
    )


def _seconds(work: Callable[..., None], *arguments: Any) -> float:
    start = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - start


def _run(condition: Condition | Measurement, count: int, workers: int) -> None:
    replicates = range(PILOT.start, PILOT.start + count)
    with tempfile.TemporaryDirectory() as folder:
        keyed = [(task, run_key(task).digest) for task in tasks(condition, replicates)]
        compute(Store(root=Path(folder)), keyed, workers, lambda: None)


def _estimate(count: int) -> None:
    estimate_effect(np.random.default_rng(0).normal(size=count), 1)
