"""The figures of every published version: which numbers each showed, whether they still hold, and what changed them.

It is `figures.json` on the published branch, and grows by an entry a figure with every version. What a release changed
is worked out once, when it is published.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generator.citing.catalogue import pinned_folder
from generator.citing.citations import digest_of_table
from generator.citing.states import Notice, State, state_of
from generator.errors import GeneratorError
from generator.figures.tables import compare_tables
from generator.publishing.notices import Notices, notice_entry

#: What a version's own `figures.json` says of a figure that is kept for good.
_KEPT = ("title", "alt", "caption", "year")

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

    def entry(self, version: str) -> dict[str, Any]:
        """The figure in the history, as a version shows it."""
        page = f"{version}/fig/{self.id}/"
        return {"version": version, "page": page, "data": self.data, "pinned": f"{self.folder}/", **self.about}


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
    history: Mapping[str, Any], figures: Iterable[PublishedFigure], version: str, versions: Sequence[str]
) -> dict[str, Any]:
    """The history after a version is published; of a preview that is replaced, the digest of its numbers stays.

    `versions` are all published versions, the newest first, in which order the entries are listed.
    """
    shown = {figure.id: [figure.entry(version)] for figure in figures}
    unknown: dict[str, Any] = {"versions": [], "previews": []}
    updated = {}
    for identifier in sorted(history.keys() | shown.keys()):
        before = history.get(identifier, unknown)
        kept = [entry for entry in before["versions"] if entry["version"] != version and entry["version"] in versions]
        entries = sorted([*kept, *shown.get(identifier, [])], key=lambda entry: versions.index(entry["version"]))
        ever = {*before["previews"], *(entry["data"] for entry in before["versions"])}
        updated[identifier] = {
            "versions": entries,
            "previews": sorted(ever - {entry["data"] for entry in entries}),
        }
    return updated


def with_states(
    history: Mapping[str, Any], notices: Notices, releases: Sequence[str], read_table: ReadTable
) -> dict[str, Any]:
    """The history with the state of every entry, told in words; `releases` are the newest first."""
    judged = {}
    for identifier, figure in history.items():
        own = notices.get(identifier, ())
        entries = _with_changes(identifier, figure["versions"], releases, read_table)
        judged[identifier] = {
            **figure,
            "notices": [notice_entry(notice) for notice in own],
            "versions": [_judged(entry, entries, own, releases) for entry in entries],
        }
    return judged


def _with_changes(
    identifier: str, entries: Sequence[Mapping[str, Any]], releases: Sequence[str], read_table: ReadTable
) -> list[dict[str, Any]]:
    """The entries, each with what the next release that has other numbers changed; what is known already is kept."""
    data = _data(entries)
    changed = []
    for entry in entries:
        by = _next_change(entry, data, releases)
        known = entry.get("change")
        if by is None or not known or (known["by"], known["data"]) != (by, data.get(by)):
            known = by and _change(identifier, entry["data"], by, data.get(by), read_table)
        changed.append({**entry, "change": known})
    return changed


def _data(entries: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return {entry["version"]: entry["data"] for entry in entries}


def _next_change(entry: Mapping[str, Any], data: Mapping[str, str], releases: Sequence[str]) -> str | None:
    """The first release after an entry's that shows other numbers, or none of this figure."""
    if entry["version"] not in releases:
        return None
    later = reversed(releases[: releases.index(entry["version"])])
    return next((release for release in later if data.get(release) != entry["data"]), None)


def _change(identifier: str, before: str, by: str, after: str | None, read_table: ReadTable) -> dict[str, Any]:
    if after is None:
        return {"by": by, "data": None, "text": "no longer shows it"}
    change = compare_tables(read_table(identifier, before), read_table(identifier, after))
    return {"by": by, "data": after, "text": str(change)}


def _judged(
    entry: Mapping[str, Any], entries: Sequence[Mapping[str, Any]], notices: Sequence[Notice], releases: Sequence[str]
) -> dict[str, Any]:
    """An entry with its state, and why it has it."""
    state = state_of(entry["version"], notices, _data(entries), releases)
    about = [notice for notice in notices if entry["version"] in notice.versions]
    reasons = [f"{notice.kind.value} of {notice.date}: {notice.reason}" for notice in about]
    told = "; ".join([*reasons, *_steps(entry, entries, releases)])
    return {**entry, "status": state.value, "told": told or State.CURRENT.value}


def _steps(entry: Mapping[str, Any], entries: Sequence[Mapping[str, Any]], releases: Sequence[str]) -> Iterator[str]:
    """What each release since then changed, where the newest does not show the same again."""
    if entry["version"] not in releases or _data(entries).get(releases[0]) == entry["data"]:
        return
    yield f"superseded by {releases[0]}"
    change = entry["change"]
    while change:
        yield f"{change['by']} {change['text']}"
        change = next((later["change"] for later in entries if later["version"] == change["by"]), None)
