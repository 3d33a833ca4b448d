"""Row 6: how cost and memory grow with the number of replicates."""

import json
from collections.abc import Iterator

from benchmarks.comparison import Quantity, Row, Side
from benchmarks.processes import timed

REPLICATES = (64, 256, 1024)
WORKERS = 2
REPETITIONS = 3
MEMORY = 2.0


def growth() -> Iterator[Row]:
    """Seconds and peak memory of a run from a cold process, by the number of replicates."""
    seconds: dict[int, list[float]] = {count: [] for count in REPLICATES}
    peaks: dict[int, list[float]] = {count: [] for count in REPLICATES}
    # Not counted: it compiles the bytecode of what it imports.
    timed("benchmarks.child.everything", str(REPLICATES[0]), str(WORKERS))
    for _ in range(REPETITIONS):
        for count in REPLICATES:
            wall, told = timed("benchmarks.child.everything", str(count), str(WORKERS))
            seconds[count].append(wall)
            peaks[count].append(json.loads(told)["peak"] / 2**30)
    sides = {count: Side(label=f"{count} replicates", values=values) for count, values in seconds.items()}
    for letter, (count, fewer) in zip("ab", zip(REPLICATES[1:], REPLICATES[:-1], strict=True), strict=True):
        yield Row(
            id=f"6{letter}",
            title=f"{count} replicates against {fewer}",
            ours=sides[count],
            reference=sides[fewer],
            quantity=Quantity.TIMES_AS_LONG,
            at_most=count / fewer,
            notes=(
                f"{sides[count].median / count * 1e3:.3g} ms a curve against {sides[fewer].median / fewer * 1e3:.3g}",
            ),
        )
    for letter, count in zip("cde", REPLICATES, strict=True):
        yield Row(
            id=f"6{letter}",
            title=f"peak memory of a worker process, {count} replicates",
            ours=Side(label="the largest of the worker processes", values=peaks[count], unit="GiB"),
            quantity=Quantity.OURS,
            at_most=MEMORY,
        )
