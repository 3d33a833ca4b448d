"""What differs between two records of one experiment: estimates and verdicts, environment, registrations."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from generator.records.difference import Difference, difference
from generator.records.findings import Finding, find
from generator.records.record import Record
from generator.spec import Experiment
from generator.stats.inference import holm


@dataclass(frozen=True, kw_only=True)
class FindingChange:
    """A comparison in two records, on the data set that `data_set` labels.

    `p_holm` is adjusted over all comparisons that the report tests.
    """

    data_set: str
    before: Finding
    after: Finding
    difference: Difference
    p_holm: float = 1.0

    @property
    def verdict_changed(self) -> bool:
        """Whether the answer is another one."""
        return self.before.verdict is not self.after.verdict


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A version or setting that a record was made with, where the two records differ."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Amendment:
    """A claim that is registered otherwise in the two records, so that its estimates cannot be compared."""

    claim: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class RecordChange:
    """Two records of one experiment. `unjudged` are claims that the present code defines otherwise than both do."""

    experiment: Experiment
    before: Record
    after: Record
    findings: tuple[FindingChange, ...]
    amendments: tuple[Amendment, ...]
    unjudged: tuple[str, ...]
    settings: tuple[Setting, ...]

    @property
    def paired(self) -> bool:
        """Whether both hold the same replicates, and so the same random streams."""
        return self.before.replicates == self.after.replicates


def compare_records(experiment: Experiment, before: Record, after: Record) -> RecordChange:
    """Compare two records of an experiment, as far as both answer the claims as they are registered now."""
    present = {claim.id: experiment.registration(claim) for claim in experiment.claims}
    both = {claim: (before.registration.get(claim), after.registration.get(claim)) for claim in present}
    comparable = [claim for claim, found in both.items() if set(found) == {present[claim]}]
    return RecordChange(
        experiment=experiment,
        before=before,
        after=after,
        findings=tuple(_findings(experiment, comparable, before, after)),
        amendments=tuple(
            Amendment(claim=claim, before=old or "none", after=new or "none")
            for claim, (old, new) in both.items()
            if old != new
        ),
        unjudged=tuple(claim for claim, (old, new) in both.items() if old == new != present[claim]),
        settings=tuple(_settings(before.provenance, after.provenance)),
    )


def with_holm(changes: Sequence[RecordChange]) -> tuple[RecordChange, ...]:
    """Adjust the p-values of everything that is tested at once."""
    values = [finding.difference.p for change in changes for finding in change.findings]
    adjusted = iter(holm(values, max(1, len(values))))
    return tuple(
        replace(change, findings=tuple(replace(finding, p_holm=next(adjusted)) for finding in change.findings))
        for change in changes
    )


def _findings(experiment: Experiment, claims: Sequence[str], before: Record, after: Record) -> Iterator[FindingChange]:
    chosen = replace(experiment, claims=tuple(claim for claim in experiment.claims if claim.id in claims))
    paired = before.replicates == after.replicates
    for old_claim, new_claim in zip(find(chosen, before), find(chosen, after), strict=True):
        for old, new in zip(old_claim.findings, new_claim.findings, strict=True):
            yield FindingChange(
                data_set=experiment.data_sets[new.data_set].label,
                before=old,
                after=new,
                difference=difference(old.effects, new.effects, paired=paired),
            )


def _settings(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Setting]:
    """Versions, settings, lock and source; not the keys of single runs, which all of these change."""
    old, new = dict(_flat(before)), dict(_flat(after))
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            yield Setting(name=name, before=old.get(name, "absent"), after=new.get(name, "absent"))


def _flat(provenance: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in provenance.items():
        if name == "runs":
            continue
        if isinstance(value, Mapping):
            yield from ((f"{name}: {inner}", str(content)) for inner, content in value.items())
        else:
            yield name, str(value)
