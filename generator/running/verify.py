"""Verification: run again from nothing and say how the numbers agree with a record."""

import math
import platform
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from generator.records import record as records
from generator.records.findings import Finding, find
from generator.records.record import Cell, Record
from generator.running.run import Progress, compute_missing, make_record, plan
from generator.running.store import Store
from generator.spec import Experiment

#: Relative difference that one unit in the last of a record's digits can make.
TOLERANCE = 1e-3

#: Processors for which records promise identical numbers.
_PROMISED_MACHINES = ("x86_64", "AMD64")


class Agreement(Enum):
    """How a new run agrees with a record, the closest first."""

    BYTES = "identical bytes"
    NUMBERS = "identical numbers"
    TOLERANCE = "within tolerance"
    VERDICTS = "same verdicts only"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, kw_only=True)
class Check:
    """How the numbers of one record compare with those of a new run.

    `beyond` names numbers that differ by more than `tolerance`, `verdicts` what became of another verdict or estimate.
    """

    experiment: str
    agreement: Agreement
    identical: int
    within: int
    beyond: tuple[str, ...]
    verdicts: tuple[str, ...]
    tolerance: float

    @property
    def contradicted(self) -> bool:
        """Whether the record does not hold."""
        return self.agreement is Agreement.CONTRADICTED

    def __str__(self) -> str:
        """The check in one line, and a line for what was contradicted."""
        counts = (
            f"{self.identical} values identical, {self.within} within {self.tolerance:g}, {len(self.beyond)} beyond"
        )
        told = [f"{self.experiment}: {self.agreement.value} ({counts})"]
        told += [f"  differs: {place}" for place in self.beyond[:5]]
        told += [f"  another finding: {change}" for change in self.verdicts]
        return "\n".join(told)


def verify(
    experiments: Sequence[Experiment], committed: Sequence[Record], root: Path, workers: int, progress: Progress
) -> list[Check]:
    """Run these experiments again, in a store of their own, and compare with their records."""
    plans = [plan(e, range(*record.replicates)) for e, record in zip(experiments, committed, strict=True)]
    with tempfile.TemporaryDirectory() as folder:
        store = Store(root=Path(folder))
        missing = {key: task for p in plans for chunks in p.keyed.values() for task, key in chunks}
        compute_missing(store, missing, workers, progress)
        found = [make_record(p, root, store) for p in plans]
    return [check(e, old, new) for e, old, new in zip(experiments, committed, found, strict=True)]


def check(experiment: Experiment, committed: Record, found: Record) -> Check:
    """Compare two records of one experiment, number by number and finding by finding."""
    tolerance = TOLERANCE if experiment.tolerance is None else experiment.tolerance
    old, new = dict(_values(committed)), dict(_values(found))
    lost = [f"{place}: only in one record" for place in sorted(set(old) ^ set(new))]
    identical, within, beyond = _compared(old, new, tolerance)
    lost += list(_registered_otherwise(experiment, committed))
    changes = () if lost else tuple(_changed_findings(experiment, committed, found, strictly=not beyond))
    return Check(
        experiment=experiment.id,
        agreement=_agreement(committed, found, within, beyond, lost or changes),
        identical=identical,
        within=within,
        beyond=tuple(sorted([*lost, *beyond])),
        verdicts=changes,
        tolerance=tolerance,
    )


def _compared(old: Mapping[str, float], new: Mapping[str, float], tolerance: float) -> tuple[int, int, list[str]]:
    identical, within, beyond = 0, 0, []
    for place in old.keys() & new.keys():
        if old[place] == new[place] or (math.isnan(old[place]) and math.isnan(new[place])):
            identical += 1
        elif math.isclose(old[place], new[place], rel_tol=tolerance):
            within += 1
        else:
            beyond.append(f"{place}: expected {old[place]:g}, found {new[place]:g}")
    return identical, within, beyond


def _agreement(
    committed: Record, found: Record, within: int, beyond: Sequence[str], contradictions: Sequence[str]
) -> Agreement:
    if contradictions or (beyond and _is_promised(committed, found)):
        return Agreement.CONTRADICTED
    if beyond:
        return Agreement.VERDICTS
    if within:
        return Agreement.TOLERANCE
    return Agreement.BYTES if records.dumps(committed) == records.dumps(found) else Agreement.NUMBERS


def _is_promised(committed: Record, found: Record) -> bool:
    """Whether identical numbers are promised: the same packages and settings, on a processor of the promised class.

    Elsewhere a chaotic curve may go another way, so only what is concluded from all of them is compared.
    """
    same = all(committed.provenance.get(name) == found.provenance.get(name) for name in ("versions", "environment"))
    return same and platform.machine() in _PROMISED_MACHINES


def _registered_otherwise(experiment: Experiment, committed: Record) -> Iterator[str]:
    """Claims that the record's numbers were not made to decide as they stand."""
    for claim in experiment.claims:
        if committed.registration.get(claim.id) != experiment.registration(claim):
            yield f"{claim.id}: registered otherwise when the record was made"


def _changed_findings(experiment: Experiment, committed: Record, found: Record, *, strictly: bool) -> Iterator[str]:
    """Findings of another verdict, or, where numbers differ freely, of an estimate outside the recorded interval."""
    for old, new in zip(find(experiment, committed), find(experiment, found), strict=True):
        for before, after in zip(old.findings, new.findings, strict=True):
            place = f"{before.claim.id}, {before.name}, {before.data_set}"
            if before.verdict is not after.verdict:
                yield f"{place}: expected {before.verdict.value}, found {after.verdict.value}"
            elif not strictly and not _holds(before, after):
                estimate = before.estimate
                yield (
                    f"{place}: expected an estimate from {before.told(estimate.lower):g} to "
                    f"{before.told(estimate.upper):g}, found {after.told(after.estimate.estimate):g}"
                )


def _holds(before: Finding, after: Finding) -> bool:
    return before.estimate.lower <= after.estimate.estimate <= before.estimate.upper


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
