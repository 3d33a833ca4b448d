"""Verification: run again from nothing and compare every number with the committed record."""

import math
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.records import record as records
from generator.records.findings import find
from generator.records.record import Cell, Record
from generator.running.run import Progress, compute_missing, make_record, plan
from generator.running.store import Store
from generator.spec import Experiment

#: Relative difference that one unit in the last of a record's digits can make.
TOLERANCE = 1e-3


@dataclass(frozen=True, kw_only=True)
class Check:
    """How the numbers of one record compare with those of a new run, and which verdicts differ."""

    experiment: str
    identical: int
    within: int
    beyond: tuple[str, ...]
    verdicts: tuple[str, ...]
    tolerance: float

    @property
    def contradicted(self) -> bool:
        """Whether the record does not hold."""
        return bool(self.beyond or self.verdicts)

    def __str__(self) -> str:
        """The check in one line, and a line for what was contradicted."""
        counts = f"{self.identical} values identical, {self.within} within {self.tolerance:g}"
        told = [f"{self.experiment}: {counts}, {len(self.beyond)} contradicted"]
        told += [f"  contradicted: {place}" for place in self.beyond[:5]]
        told += [f"  another verdict: {change}" for change in self.verdicts]
        return "\n".join(told)


def verify(experiments: Sequence[Experiment], root: Path, workers: int, progress: Progress) -> list[Check]:
    """Run these experiments again, in a store of their own, and compare."""
    committed = [records.read(root / "records" / f"{e.id}.json") for e in experiments]
    plans = [plan(e, range(*record.replicates)) for e, record in zip(experiments, committed, strict=True)]
    with tempfile.TemporaryDirectory() as folder:
        store = Store(root=Path(folder))
        missing = {key: task for p in plans for chunks in p.keyed.values() for task, key in chunks}
        compute_missing(store, missing, workers, progress)
        found = [make_record(p, root, store) for p in plans]
    return [check(e, old, new) for e, old, new in zip(experiments, committed, found, strict=True)]


def check(experiment: Experiment, committed: Record, found: Record) -> Check:
    """Compare two records of one experiment, number by number and verdict by verdict."""
    tolerance = TOLERANCE if experiment.tolerance is None else experiment.tolerance
    old, new = dict(_values(committed)), dict(_values(found))
    identical, within, beyond = 0, 0, [f"{place}: only in one record" for place in sorted(set(old) ^ set(new))]
    for place in old.keys() & new.keys():
        if old[place] == new[place] or (math.isnan(old[place]) and math.isnan(new[place])):
            identical += 1
        elif math.isclose(old[place], new[place], rel_tol=tolerance):
            within += 1
        else:
            beyond.append(f"{place}: expected {old[place]:g}, found {new[place]:g}")
    return Check(
        experiment=experiment.id,
        identical=identical,
        within=within,
        beyond=tuple(sorted(beyond)),
        verdicts=() if beyond and set(old) != set(new) else tuple(_verdict_changes(experiment, committed, found)),
        tolerance=tolerance,
    )


def _verdict_changes(experiment: Experiment, committed: Record, found: Record) -> Iterator[str]:
    for old, new in zip(find(experiment, committed), find(experiment, found), strict=True):
        for before, after in zip(old.findings, new.findings, strict=True):
            if before.verdict is not after.verdict:
                place = f"{before.claim.id}, {before.name}, {before.data_set}"
                yield f"{place}: expected {before.verdict.value}, found {after.verdict.value}"


def _values(record: Record) -> Iterator[tuple[str, float]]:
    """Every number of a record with its place."""
    for data_set, cells in record.cells.items():
        for condition, cell in cells.items():
            for place, values in _arrays(cell):
                for i, value in enumerate(values):
                    yield f"{data_set}/{condition}: {place} [{i}]", value


def _arrays(cell: Cell) -> Iterator[tuple[str, Sequence[float]]]:
    yield from cell.metrics.items()
    for name, curve in cell.curves.items():
        for level, quantile in zip(records.QUANTILES, curve.quantiles, strict=True):
            yield f"{name}, quantile {level}", quantile
        for replicate, values in curve.runs.items():
            yield f"{name}, replicate {replicate}", values
