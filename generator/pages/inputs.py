"""Everything that pages are made from, gathered before anything is written."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.errors import GeneratorError
from generator.figures.catalogue import Plot, prepare
from generator.records import record as records
from generator.records import registrations
from generator.records.findings import ClaimFindings, find, with_holm
from generator.records.record import Record
from generator.records.registrations import Registration
from generator.records.times import Times, read_times
from generator.records.truths import TruthFinding, judge
from generator.settings import Settings
from generator.spec import Experiment


@dataclass(frozen=True, kw_only=True)
class Study:
    """An experiment with its record, what was found and the figures that show it.

    `replication` has what was found when it was repeated with new replicates, by claim.
    """

    experiment: Experiment
    record: Record
    claims: tuple[ClaimFindings, ...]
    plots: tuple[Plot, ...]
    truths: tuple[TruthFinding, ...]
    replication: Mapping[str, ClaimFindings]


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """The studies, and what the pages say about themselves."""

    studies: tuple[Study, ...]
    registrations: Mapping[str, tuple[Registration, ...]]
    times: Times | None
    settings: Settings
    version: str

    @property
    def date(self) -> str:
        """The day of the latest registration: the results' own, not today's."""
        return max((entry.date for entries in self.registrations.values() for entry in entries), default="1970-01-01")

    @property
    def year(self) -> int:
        """The year of the results."""
        return int(self.date[:4])


def gather(root: Path, experiments: Sequence[Experiment], settings: Settings, version: str) -> Inputs:
    """Read the records and judge them."""
    found = [(e, records.read(root / "records" / f"{e.id}.json")) for e in experiments]
    _require_registered(found)
    judged = with_holm([claim for experiment, record in found for claim in find(experiment, record)])
    return Inputs(
        studies=tuple(_study(experiment, record, judged, root) for experiment, record in found),
        registrations=registrations.read(root),
        times=_times(root, experiments),
        settings=settings,
        version=version,
    )


def _times(root: Path, experiments: Sequence[Experiment]) -> Times | None:
    """The committed times of the experiments that there are."""
    times = read_times(root)
    known = {experiment.id for experiment in experiments}
    return times and dataclasses.replace(times, seconds={e: s for e, s in times.seconds.items() if e in known})


def _study(experiment: Experiment, record: Record, judged: Sequence[ClaimFindings], root: Path) -> Study:
    own = {claim.id for claim in experiment.claims}
    claims = tuple(c for c in judged if c.claim.id in own)
    plots = tuple(prepare(figure, experiment, record, claims) for figure in experiment.figures)
    return Study(
        experiment=experiment,
        record=record,
        claims=claims,
        plots=plots,
        truths=judge(experiment, record),
        replication=_replication(experiment, root),
    )


def _replication(experiment: Experiment, root: Path) -> dict[str, ClaimFindings]:
    """What a repetition found on the claims that still stand as they were registered then."""
    path = root / "records" / "replication" / f"{experiment.id}.json"
    if not path.is_file():
        return {}
    record = records.read(path)
    standing = tuple(c for c in experiment.claims if record.registration.get(c.id) == experiment.registration(c))
    return {c.claim.id: c for c in find(dataclasses.replace(experiment, claims=standing), record)}


def _require_registered(found: Sequence[tuple[Experiment, Record]]) -> None:
    """Refuse to judge data by a claim that was registered otherwise when the data were made."""
    for experiment, record in found:
        for claim in experiment.claims:
            if record.registration.get(claim.id) != experiment.registration(claim):
                raise GeneratorError(
                    f"records/{experiment.id}.json: expected data made under the present registration of {claim.id}, "
                    "found another; run the experiment again"
                )
