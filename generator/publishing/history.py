"""The figures of every published version: which numbers each showed, whether they still hold, and what changed them.

It is `figures.json` on the published branch, and grows by an entry a figure with every version. What a release changed
is worked out once, when it is published.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from generator.citing.catalogue import CataloguedFigure, Change, Edition, pinned_folder
from generator.citing.citations import digest_of_table
from generator.citing.states import State, state_of
from generator.errors import GeneratorError
from generator.figures.tables import compare_tables
from generator.publishing.notices import Notices

#: What a version's own `figures.json` says of a figure that is kept for good.
_KEPT = ("title", "alt", "caption", "year")

#: Every figure that was ever published, by its id.
History = Mapping[str, CataloguedFigure]

#: The data table of a figure by its id and the table's SHA-256.
ReadTable = Callable[[str, str], bytes]


@dataclass(frozen=True, kw_only=True)
class PublishedFigure:
    """A figure of a built site: what its list says of it, its files by name, and the SHA-256 of its data table."""

    id: str
    about: Mapping[str, Any]
    data: str
    files: Mapping[str, bytes]

    @property
    def folder(self) -> str:
        """The lasting address of its data, below the published root."""
        return pinned_folder(self.data)

    def edition(self, version: str) -> Edition:
        """The figure in the history, as a version shows it."""
        return Edition(version=version, page=f"{version}/fig/{self.id}/", data=self.data, **self.about)


def figures_of(site: Mapping[str, bytes]) -> list[PublishedFigure]:
    """The figures that a site's `figures.json` lists; none where it has no such file."""
    if "figures.json" not in site:
        return []
    try:
        listed = json.loads(site["figures.json"])["figures"]
        about = {str(figure["id"]): {name: figure[name] for name in _KEPT} for figure in listed}
        promised = {file["path"]: file["sha256"] for figure in listed for file in figure.get("files", ())}
    except (ValueError, KeyError, TypeError) as error:
        raise GeneratorError(
            f"expected figures.json to list figures with id, {', '.join(_KEPT)}, found {type(error).__name__}: {error}"
        ) from None
    _require_files(site, promised)
    return [_figure(identifier, said, site) for identifier, said in about.items()]


def _require_files(site: Mapping[str, bytes], promised: Mapping[str, str]) -> None:
    """Refuse a list that names files which are not there, or are other ones."""
    for path, sha256 in promised.items():
        found = hashlib.sha256(site[path]).hexdigest() if path in site else "no such file"
        if found != sha256:
            raise GeneratorError(f"figures.json: expected {path} with SHA-256 {sha256[:12]}, found {found[:12]}")


def _figure(identifier: str, about: Mapping[str, Any], site: Mapping[str, bytes]) -> PublishedFigure:
    start = f"fig/{identifier}/"
    files = {name.removeprefix(start): content for name, content in site.items() if name.startswith(start)}
    table = files.get(f"{identifier}.csv")
    if table is None:
        raise GeneratorError(f"expected the data of {identifier} in {start}{identifier}.csv, found no such file")
    return PublishedFigure(
        id=identifier,
        about=about,
        data=digest_of_table(table),
        files={name: content for name, content in files.items() if name != "index.html"},
    )


def updated_history(
    history: History, figures: Iterable[PublishedFigure], version: str, versions: Sequence[str]
) -> dict[str, CataloguedFigure]:
    """The history after a version is published; of a preview that is replaced, the digest of its numbers stays.

    `versions` are all published versions, the newest first, in which order the editions are listed.
    """
    shown = {figure.id: figure.edition(version) for figure in figures}
    updated = {}
    for identifier in sorted(history.keys() | shown.keys()):
        before = history.get(identifier, CataloguedFigure(id=identifier))
        kept = [edition for edition in before.editions if edition.version in versions and edition.version != version]
        new = [shown[identifier]] if identifier in shown else []
        editions = tuple(sorted([*kept, *new], key=lambda edition: versions.index(edition.version)))
        ever = {*before.previews, *before.data.values()}
        previews = tuple(sorted(ever - {edition.data for edition in editions}))
        updated[identifier] = replace(before, editions=editions, previews=previews)
    return updated


def with_states(
    history: History, notices: Notices, releases: Sequence[str], read_table: ReadTable
) -> dict[str, CataloguedFigure]:
    """The history with the state of every edition, told in words; `releases` are the newest first."""
    judged = {}
    for identifier, figure in history.items():
        changed = replace(
            figure,
            notices=notices.get(identifier, ()),
            editions=tuple(_with_change(edition, figure, releases, read_table) for edition in figure.editions),
        )
        judged[identifier] = replace(
            changed, editions=tuple(_judged(edition, changed, releases) for edition in changed.editions)
        )
    return judged


def _with_change(edition: Edition, figure: CataloguedFigure, releases: Sequence[str], read_table: ReadTable) -> Edition:
    """An edition with what the next release that shows other numbers changed; what is known of it is kept."""
    by = _next_change(edition, figure, releases)
    if by is None:
        return replace(edition, change=None)
    data, known = figure.data.get(by), edition.change
    if known and (known.by, known.data) == (by, data):
        return edition
    text = "no longer shows it"
    if data is not None:
        text = str(compare_tables(read_table(figure.id, edition.data), read_table(figure.id, data)))
    return replace(edition, change=Change(by=by, data=data, text=text))


def _next_change(edition: Edition, figure: CataloguedFigure, releases: Sequence[str]) -> str | None:
    """The first release after an edition's that shows other numbers, or none of this figure."""
    if edition.version not in releases:
        return None
    later = reversed(releases[: releases.index(edition.version)])
    return next((release for release in later if figure.data.get(release) != edition.data), None)


def _judged(edition: Edition, figure: CataloguedFigure, releases: Sequence[str]) -> Edition:
    """An edition with its state, and why it has it."""
    reasons = [str(notice) for notice in figure.notices if edition.version in notice.versions]
    told = "; ".join([*reasons, *_steps(edition, figure, releases)])
    return replace(
        edition,
        state=state_of(edition.version, figure.notices, figure.data, releases),
        told=told or State.CURRENT.value,
    )


def _steps(edition: Edition, figure: CataloguedFigure, releases: Sequence[str]) -> Iterator[str]:
    """What each release since then changed, where the newest does not show the same again."""
    if edition.version not in releases or figure.data.get(releases[0]) == edition.data:
        return
    yield f"superseded by {releases[0]}"
    editions = {later.version: later for later in figure.editions}
    later: Edition | None = edition
    while later and later.change:
        yield f"{later.change.by} {later.change.text}"
        later = editions.get(later.change.by)
