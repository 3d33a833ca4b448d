"""Experiments to records: plan the tasks, compute what the store lacks, measure, write."""

import functools
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator import environment
from generator.errors import GeneratorError
from generator.files import write_atomically
from generator.records import record as records
from generator.records.provenance import lock_digest, source_digest, versions
from generator.records.record import Record
from generator.records.registrations import require_registered
from generator.records.times import read_times
from generator.running.conditions import CHUNK, modules, tasks
from generator.running.keys import run_key
from generator.running.store import Store
from generator.spec import REPLICATION, Experiment, Task, digest_of

#: Called with the number of tasks to do and what they are; returns what to call as each is done.
Progress = Callable[[int, str], Callable[[], None]]

_MEASURING = ("generator.running.measure",)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What an experiment needs: a key for every chunk of every cell, in the record's order."""

    experiment: Experiment
    replicates: range
    keyed: Mapping[tuple[str, str], tuple[tuple[Task, str], ...]]

    @functools.cached_property
    def digest(self) -> str:
        """Everything the record depends on, so that an unchanged one is not made again."""
        return digest_of(
            {
                "keys": {"/".join(cell): [key for _, key in chunks] for cell, chunks in self.keyed.items()},
                "experiment": self.experiment,
                "measuring": _measuring_digest(),
                "replicates": self.replicates,
            }
        )


def plan(experiment: Experiment, replicates: range) -> Plan:
    """Name every task of an experiment and its key; imports no TensorFlow."""
    return Plan(
        experiment=experiment,
        replicates=replicates,
        keyed={
            (data_set, role): tuple((task, run_key(task).digest) for task in tasks(condition, replicates))
            for data_set, role, condition in experiment.cells()
        },
    )


def registered(experiment: Experiment) -> range:
    """The replicates that decide an experiment's claims."""
    return range(experiment.replicates)


def replication(experiment: Experiment) -> range:
    """The replicates that repeat an experiment once."""
    return range(REPLICATION.start, REPLICATION.start + experiment.replicates)


def run(
    experiments: Sequence[Experiment],
    root: Path,
    *,
    replicates: Callable[[Experiment], range] = registered,
    workers: int = 2,
    cluster: str | None = None,
    progress: Progress,
) -> list[str]:
    """Bring the records of these experiments up to date; returns the ids of those whose record changed.

    Other `replicates` than those an experiment registers give a record for trying out, under `build/`. Tasks run in
    `workers` processes here, or on the Dask cluster whose scheduler has the address `cluster`.
    """
    plans = [plan(e, replicates(e)) for e in experiments]
    require_registered(
        root, [p.experiment for p in plans if p.replicates in (registered(p.experiment), replication(p.experiment))]
    )
    store = store_of(root)
    waiting = [p for p in plans if not _is_current(p, root, store)]
    if waiting:
        _require_measurable(waiting)
    missing = {key: task for p in waiting for chunks in p.keyed.values() for task, key in chunks if key not in store}
    if missing:
        compute_missing(store, missing, workers, progress, expected=_expected_seconds(root, waiting), cluster=cluster)
    return [p.experiment.id for p in waiting if _write_record(p, root, store)]


def _require_measurable(plans: Sequence[Plan]) -> None:
    from generator.running.measure import require_measurable

    for waiting in plans:
        require_measurable(waiting.experiment)


def compute_missing(
    store: Store,
    missing: Mapping[str, Task],
    workers: int,
    progress: Progress,
    *,
    expected: Mapping[str, float] | None = None,
    cluster: str | None = None,
) -> None:
    """Compute these tasks into the store."""
    from generator.running import cluster as clusters
    from generator.running import executors

    done = progress(len(missing), f"training {CHUNK} replicates of each condition")
    keyed = [(task, key) for key, task in missing.items()]
    if cluster:
        clusters.compute(store, keyed, cluster, done)
    else:
        executors.compute(store, keyed, workers, done, expected)


def _expected_seconds(root: Path, plans: Sequence[Plan]) -> dict[str, float]:
    """What each key took when times were last written: good enough to begin with the longest."""
    times = read_times(root)
    known = times.seconds if times else {}
    return {
        key: known[p.experiment.id]["/".join(cell)] / len(chunks)
        for p in plans
        for cell, chunks in p.keyed.items()
        if "/".join(cell) in known.get(p.experiment.id, {})
        for _, key in chunks
    }


def make_record(plan: Plan, root: Path, store: Store) -> Record:
    """Measure an experiment's stored curves."""
    import numpy as np

    from generator.running.measure import measure

    cells: dict[str, dict[str, Any]] = {}
    for (data_set, role), chunks in plan.keyed.items():
        parts = [_stored(store, task, key) for task, key in chunks]
        curves = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        metrics = plan.experiment.metrics(data_set, role)
        kept = [curve for curve in plan.experiment.curves if curve.name in curves]
        cells.setdefault(data_set, {})[role] = measure(curves, metrics, kept, plan.replicates)
    return Record(
        experiment=plan.experiment.id,
        replicates=(plan.replicates.start, plan.replicates.stop),
        registration={claim.id: plan.experiment.registration(claim) for claim in plan.experiment.claims},
        provenance=make_provenance(plan, root),
        cells=cells,
    )


def record_path(root: Path, experiment: Experiment, replicates: range) -> Path:
    """Where a record belongs: among the committed ones only with the registered replicates, or as many new ones."""
    folders = {registered(experiment): "records", replication(experiment): "records/replication"}
    return root / folders.get(replicates, "build/records") / f"{experiment.id}.json"


def store_of(root: Path) -> Store:
    """Where the results of a checkout are kept."""
    return Store(root=root / ".cache" / "runs")


def make_provenance(plan: Plan, root: Path) -> dict[str, Any]:
    """What a record says about where its numbers come from."""
    everything = sorted({m for chunks in plan.keyed.values() for task, _ in chunks for m in modules(task)})
    return {
        "versions": versions(),
        "lock": lock_digest(root),
        "source": source_digest([*everything, *_MEASURING]),
        "environment": environment.SETTINGS,
        "chunk": CHUNK,
        "runs": {"/".join(cell): [key for _, key in chunks] for cell, chunks in plan.keyed.items()},
    }


def _stored(store: Store, task: Task, key: str) -> Mapping[str, Any]:
    """A task's curves; computed once more where the stored ones turn out to be damaged."""
    curves = store.read(key)
    if curves is None:
        from generator.running.executors import compute

        compute(store, [(task, key)], 1, lambda: None)
        curves = store.read(key)
    if curves is None:
        raise GeneratorError(f"expected the result {key[:12]} in the store at {store.root}, found none")
    return curves


@functools.cache
def _measuring_digest() -> str:
    return source_digest(_MEASURING)


def _stamp(plan: Plan, root: Path) -> Path:
    name = f"{plan.experiment.id}-{plan.replicates.start}-{plan.replicates.stop}.json"
    return root / ".cache" / "records" / name


def _is_current(plan: Plan, root: Path, store: Store) -> bool:
    """Whether the record in place was made here, from the same plan, and has not been touched since."""
    path, stamp = record_path(root, plan.experiment, plan.replicates), _stamp(plan, root)
    if not (path.is_file() and stamp.is_file()):
        return False
    try:
        made = json.loads(stamp.read_text())
    except ValueError:
        return False
    stored = all(key in store for chunks in plan.keyed.values() for _, key in chunks)
    return stored and made == {"plan": plan.digest, "lock": lock_digest(root), "record": _sha256(path.read_bytes())}


def _write_record(plan: Plan, root: Path, store: Store) -> bool:
    """Write the record; whether its bytes changed."""
    path = record_path(root, plan.experiment, plan.replicates)
    content = records.dumps(make_record(plan, root, store)).encode()
    changed = not path.is_file() or path.read_bytes() != content
    if changed:
        write_atomically(path, content)
    stamp = {"plan": plan.digest, "lock": lock_digest(root), "record": _sha256(content)}
    write_atomically(_stamp(plan, root), json.dumps(stamp).encode())
    return changed


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
