"""Whether what a version of a figure shows still holds: one rule for status pages, scripts and cite-check."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """What is known of a cited figure, from the best to the worst."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


class Kind(Enum):
    """What a notice declares."""

    ERRATUM = "erratum"
    WITHDRAWAL = "withdrawal"

    @property
    def state(self) -> State:
        """The state of the versions that the notice is about."""
        return State.CORRECTED if self is Kind.ERRATUM else State.WITHDRAWN


_SEVERITY = list(State)


def worst(states: Iterable[State]) -> State:
    """The worst of several states."""
    return max(states, key=_SEVERITY.index)


@dataclass(frozen=True, kw_only=True)
class Notice:
    """An erratum or a withdrawal: which versions of a figure it is about, why and when it was declared."""

    kind: Kind
    versions: tuple[str, ...]
    reason: str
    date: str

    def __str__(self) -> str:
        """What is told of each version that it is about."""
        return f"{self.kind.value} of {self.date}: {self.reason}"


def state_of(version: str, notices: Sequence[Notice], data: Mapping[str, str], releases: Sequence[str]) -> State:
    """The state of a version of a figure.

    `data` gives the digest of the figure's table in each version that has it, `releases` all releases of the site, the
    newest first. Only a release can be superseded: by the newest one, if that shows other numbers or no such figure.
    """
    declared = [notice.kind.state for notice in notices if version in notice.versions]
    superseded = version in releases and data.get(releases[0]) != data[version]
    return worst([State.SUPERSEDED if superseded else State.CURRENT, *declared])
