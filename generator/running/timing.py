"""The times of a run, from what was kept beside its results; rewritten on request only."""

import collections
import os
import platform
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from generator.records.times import Growth, Times, write_times
from generator.running.run import Plan, make_record, plan, registered, store_of
from generator.running.store import Store
from generator.spec import Experiment


def write_run_times(
    experiments: Sequence[Experiment], root: Path, date: str, growth: Sequence[Growth], report: Mapping[str, float]
) -> None:
    """Rewrite the committed times from what was computed here; a result that came from elsewhere has none.

    `report` has the seconds of the report's stages.
    """
    store, plans = store_of(root), [plan(e, registered(e)) for e in experiments]
    stages = {**_stages(plans, store), "measure": _measuring(plans, root, store), **report}
    times = Times(
        date=date,
        machine=f"{platform.machine()}, {os.cpu_count()} processors",
        seconds={p.experiment.id: _cells(p, store) for p in plans},
        growth=tuple(growth),
        stages={name: round(seconds, 1) for name, seconds in stages.items()},
    )
    write_times(root, times)


def _cells(of: Plan, store: Store) -> dict[str, float]:
    taken = {
        "/".join(cell): [sum(store.seconds(key).values()) for _, key in chunks] for cell, chunks in of.keyed.items()
    }
    return {cell: round(sum(seconds), 2) for cell, seconds in taken.items()}


def _stages(plans: Sequence[Plan], store: Store) -> dict[str, float]:
    """Seconds by stage, where a result that several experiments share counts once."""
    keys = {key for p in plans for chunks in p.keyed.values() for _, key in chunks}
    seconds: collections.Counter[str] = collections.Counter()
    for key in sorted(keys):
        seconds.update(store.seconds(key))
    return dict(seconds)


def _measuring(plans: Sequence[Plan], root: Path, store: Store) -> float:
    start = time.perf_counter()
    for each in plans:
        make_record(each, root, store)
    return time.perf_counter() - start
