"""What differs between the results of two versions, folders or commits, as Markdown, JSON and figures."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.errors import GeneratorError
from generator.figures.tables import compare_tables
from generator.pages.markdown import environment, render
from generator.records import record as records
from generator.records.changes import FindingChange, RecordChange, Setting, compare_records, with_holm
from generator.records.record import Record
from generator.records.registrations import Registration
from generator.spec import Experiment

#: Adjusted p-values below this are called a difference.
ERROR = 0.05


@dataclass(frozen=True, kw_only=True)
class Results:
    """Records and figures by name: `read` gives a file by its path in a site, which can be seen at `address`."""

    name: str
    read: Callable[[str], bytes | None]
    address: str | None = None

    def record(self, experiment: str) -> Record | None:
        """The record of an experiment, if there is one."""
        content = self.read(f"records/{experiment}.json")
        return records.loads(content.decode(), f"{self.name}: records/{experiment}.json") if content else None

    def figures(self) -> Mapping[str, Mapping[str, str]]:
        """Title and digests of every figure's files by the end of their names; none where no site was built."""
        content = self.read("figures.json")
        try:
            listed = json.loads(content)["figures"] if content else []
            return {figure["id"]: {"title": figure["title"], **dict(_digests(figure))} for figure in listed}
        except (ValueError, KeyError, TypeError) as error:
            raise GeneratorError(f"{self.name}: expected figures.json to list figures, found {error}") from error


def _digests(figure: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for file in figure.get("files", ()):
        yield file["path"].rpartition(figure["id"])[2], file["sha256"]


@dataclass(frozen=True, kw_only=True)
class FigureChange:
    """A figure that is new, gone, redrawn, or shows other numbers; its drawings where they have an address."""

    id: str
    title: str
    what: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Everything that differs between earlier and later results; `new` and `gone` are experiments that only one has."""

    before: str
    after: str
    records: tuple[RecordChange, ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]
    figures: tuple[FigureChange, ...]

    @property
    def findings(self) -> tuple[FindingChange, ...]:
        """Every comparison of every claim that both results answer."""
        return tuple(finding for record in self.records for finding in record.findings)

    @property
    def verdicts(self) -> tuple[FindingChange, ...]:
        """The answers that are other ones."""
        return tuple(finding for finding in self.findings if finding.verdict_changed)

    @property
    def estimates(self) -> tuple[FindingChange, ...]:
        """The estimates that were computed from other numbers."""
        return tuple(finding for finding in self.findings if finding.difference.changed)

    @property
    def settings(self) -> Mapping[Setting, Sequence[str]]:
        """What the records were made with and that differs, and the experiments for which it does."""
        found: dict[Setting, list[str]] = {}
        for record in self.records:
            for setting in record.settings:
                found.setdefault(setting, []).append(record.experiment.id)
        return found

    @property
    def differing(self) -> int:
        """How many estimates differ by the test."""
        return sum(finding.p_holm < ERROR for finding in self.findings)


def compare_results(before: Results, after: Results, experiments: Sequence[Experiment]) -> Changes:
    """Compare two results of these experiments."""
    pairs = [(e, before.record(e.id), after.record(e.id)) for e in experiments]
    compared = [compare_records(e, old, new) for e, old, new in pairs if old and new]
    return Changes(
        before=before.name,
        after=after.name,
        records=with_holm(compared),
        new=tuple(e.id for e, old, new in pairs if new and not old),
        gone=tuple(e.id for e, old, new in pairs if old and not new),
        figures=tuple(_figures(before, after)),
    )


def _figures(before: Results, after: Results) -> Iterator[FigureChange]:
    old, new = before.figures(), after.figures()
    if not old or not new:
        return
    for identifier in sorted(old.keys() | new.keys()):
        if what := _figure_change(identifier, old.get(identifier), new.get(identifier), before, after):
            yield FigureChange(
                id=identifier,
                title=(new.get(identifier) or old[identifier])["title"],
                what=what,
                before=_drawing(before, identifier) if identifier in old else None,
                after=_drawing(after, identifier) if identifier in new else None,
            )


def _figure_change(
    identifier: str,
    old: Mapping[str, str] | None,
    new: Mapping[str, str] | None,
    before: Results,
    after: Results,
) -> str | None:
    if old is None or new is None:
        return "new" if old is None else "no longer shown"
    if old.get(".csv") != new.get(".csv"):
        path = f"fig/{identifier}/{identifier}.csv"
        return str(compare_tables(before.read(path) or b"", after.read(path) or b""))
    return "redrawn from the same numbers" if old.get(".svg") != new.get(".svg") else None


def _drawing(results: Results, identifier: str) -> str | None:
    return f"{results.address}fig/{identifier}/{identifier}.svg" if results.address else None


def as_markdown(
    changes: Changes, registered: Mapping[str, Sequence[Registration]], templates: Path, *, images: bool = True
) -> str:
    """The report for readers: a page's content, a pull request's comment, or the summary of a job."""
    values = {"changes": changes, "registered": registered, "images": images}
    written = render(environment(templates / "pages"), ["_changes.md.jinja"], values)
    for sign in _HARMLESS:
        written = written.replace(f"&#{ord(sign)};", sign)
    return written


#: Signs that mean nothing inside a line, written as they are for those who read the report in a terminal.
_HARMLESS = ".,:'()%+-"


def as_json(changes: Changes) -> str:
    """The report for programs."""
    document = {
        "before": changes.before,
        "after": changes.after,
        "new": list(changes.new),
        "gone": list(changes.gone),
        "findings": [_finding_entry(finding) for finding in changes.estimates],
        "environment": [{**vars(setting), "experiments": names} for setting, names in changes.settings.items()],
        "amended": [vars(amendment) for record in changes.records for amendment in record.amendments],
        "unjudged": [claim for record in changes.records for claim in record.unjudged],
        "figures": [vars(figure) for figure in changes.figures],
    }
    return json.dumps(document, indent=1, ensure_ascii=False, default=str)


def _finding_entry(finding: FindingChange) -> dict[str, Any]:
    """A changed estimate; the test is on the scale on which the interval is computed (logarithms for ratios)."""
    told = finding.difference.interval
    return {
        "claim": finding.after.claim.id,
        "comparison": finding.after.name,
        "data_set": finding.after.data_set,
        "scale": finding.after.comparison.scale,
        "before": str(finding.before.estimate.estimate),
        "after": str(finding.after.estimate.estimate),
        "difference": str(told.estimate),
        "interval": [str(told.lower), str(told.upper)],
        "paired": finding.difference.paired,
        "p": finding.difference.p,
        "p_holm": finding.p_holm,
        "verdicts": [finding.before.verdict.value, finding.after.verdict.value],
    }
