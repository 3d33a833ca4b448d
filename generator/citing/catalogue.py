"""The published list of figures: `figures.json` at the root of a published site, as it is written and read."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.citing.citations import ADDRESS_DIGITS, Citation
from generator.citing.states import Kind, Notice, State
from generator.errors import GeneratorError, UnknownNameError
from generator.settings import Licence, Settings
from generator.spec import plain

FILE = "figures.json"

_PATIENCE_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class Change:
    """What the next release with other numbers did, in words; `data` names its numbers, if it shows any."""

    by: str
    data: str | None
    text: str


@dataclass(frozen=True, kw_only=True)
class Edition:
    """A figure as one version shows it; `data` is the SHA-256 of its table, `told` says in words how it stands."""

    version: str
    page: str
    data: str
    title: str
    alt: str
    caption: str
    year: int
    state: State = State.CURRENT
    told: str = State.CURRENT.value
    change: Change | None = None

    @property
    def pinned(self) -> str:
        """The lasting folder of its numbers, below the published root."""
        return pinned_folder(self.data)


@dataclass(frozen=True, kw_only=True)
class CataloguedFigure:
    """A figure with every published version of it, the newest first, and what was declared about them.

    `previews` are the digests of numbers that only previews showed which have been replaced since.
    """

    id: str
    editions: tuple[Edition, ...] = ()
    notices: tuple[Notice, ...] = ()
    previews: tuple[str, ...] = ()

    @property
    def data(self) -> dict[str, str]:
        """What names the numbers of each version."""
        return {edition.version: edition.data for edition in self.editions}

    def edition(self, version: str) -> Edition:
        """The figure as a version shows it."""
        found = {edition.version: edition for edition in self.editions}
        if version not in found:
            raise UnknownNameError(f"version of {self.id}", version, found)
        return found[version]


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Everything that a site has published; `newest` is its newest release, `aliases` map a name to a version."""

    settings: Settings
    newest: str
    aliases: Mapping[str, str]
    figures: Mapping[str, CataloguedFigure]

    def figure(self, identifier: str) -> CataloguedFigure:
        """A figure by its id."""
        if identifier not in self.figures:
            raise UnknownNameError("figure", identifier, self.figures)
        return self.figures[identifier]

    def edition(self, identifier: str, version: str) -> Edition:
        """A figure as a version, or the version that an alias stands for, shows it."""
        return self.figure(identifier).edition(self.aliases.get(version, version))

    def citation(self, identifier: str, version: str) -> Citation:
        """The citation of a figure in a version."""
        return citation_of(identifier, self.edition(identifier, version), self.settings)


def citation_of(identifier: str, edition: Edition, settings: Settings) -> Citation:
    """The citation of a figure as a version shows it."""
    return Citation(
        id=identifier,
        title=edition.title,
        alt=edition.alt,
        caption=edition.caption,
        version=edition.version,
        year=edition.year,
        data=edition.data,
        settings=settings,
    )


def pinned_folder(data: str) -> str:
    """The folder of a data table by the table's SHA-256."""
    return f"f/{data[:ADDRESS_DIGITS]}"


def is_named(data: str, name: str) -> bool:
    """Whether a name is a table's SHA-256, or what an address holds of it."""
    return name in {data, data[:ADDRESS_DIGITS]}


def read_catalogue(location: str) -> Catalogue:
    """The catalogue of a published site: by its address, its folder, or a copy of its `figures.json`."""
    return parse_catalogue(_read(location), location)


def parse_catalogue(content: bytes, source: str) -> Catalogue:
    """The catalogue that a `figures.json` holds; an error says where it was expected."""
    try:
        document = json.loads(content)
        return Catalogue(
            settings=_settings(document["site"]),
            newest=document["newest"],
            aliases=dict(document["aliases"]),
            figures={name: _figure(name, figure) for name, figure in document["figures"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise GeneratorError(
            f"{source}: expected the figures.json of a published site, found {type(error).__name__}: {error}"
        ) from None


def dump_catalogue(catalogue: Catalogue) -> bytes:
    """The `figures.json` of a catalogue."""
    document = {
        "site": plain(catalogue.settings),
        "newest": catalogue.newest,
        "aliases": dict(catalogue.aliases),
        "figures": {name: _figure_entry(figure) for name, figure in catalogue.figures.items()},
    }
    return (json.dumps(document, indent=2) + "\n").encode()


def _read(location: str) -> bytes:
    if location.startswith(("https://", "http://")):
        return _fetch(location if location.endswith(FILE) else f"{location.rstrip('/')}/{FILE}")
    path = Path(location)
    path = path / FILE if path.is_dir() else path
    try:
        return path.read_bytes()
    except OSError as error:
        raise GeneratorError(f"expected a published figures.json at {path}, found: {error.strerror}") from None


def _fetch(address: str) -> bytes:
    try:
        with urllib.request.urlopen(address, timeout=_PATIENCE_SECONDS) as answer:
            content: bytes = answer.read()
            return content
    except (OSError, ValueError) as error:
        told = error.reason if isinstance(error, urllib.error.URLError) else error
        raise GeneratorError(f"expected a published figures.json at {address}, found: {told}") from None


def _settings(site: Mapping[str, Any]) -> Settings:
    return Settings(
        name=site["name"],
        description=site["description"],
        address=site["address"],
        authors=tuple(site["authors"]),
        code_licence=Licence(**site["code_licence"]),
        content_licence=Licence(**site["content_licence"]),
    )


def _figure(identifier: str, entry: Mapping[str, Any]) -> CataloguedFigure:
    return CataloguedFigure(
        id=identifier,
        editions=tuple(_edition(version) for version in entry["versions"]),
        notices=tuple(notice_of(notice) for notice in entry["notices"]),
        previews=tuple(entry["previews"]),
    )


def _figure_entry(figure: CataloguedFigure) -> dict[str, Any]:
    return {
        "versions": [_edition_entry(edition) for edition in figure.editions],
        "notices": [notice_entry(notice) for notice in figure.notices],
        "previews": list(figure.previews),
    }


#: Fields of an edition that JSON has as they are.
_PLAIN = ("version", "page", "data", "title", "alt", "caption", "year", "told")


def _edition(entry: Mapping[str, Any]) -> Edition:
    change = Change(**entry["change"]) if entry["change"] else None
    return Edition(**{name: entry[name] for name in _PLAIN}, state=State(entry["status"]), change=change)


def _edition_entry(edition: Edition) -> dict[str, Any]:
    return {
        **{name: getattr(edition, name) for name in _PLAIN},
        "pinned": f"{edition.pinned}/",
        "status": edition.state.value,
        "change": plain(edition.change),
    }


def notice_of(entry: Mapping[str, Any]) -> Notice:
    """A notice from its JSON form."""
    return Notice(
        kind=Kind(entry["kind"]), versions=tuple(entry["versions"]), reason=entry["reason"], date=entry["date"]
    )


def notice_entry(notice: Notice) -> dict[str, Any]:
    """A notice in its JSON form."""
    return {**vars(notice), "kind": notice.kind.value, "versions": list(notice.versions)}
