"""The figures of every published version: which data each showed where, and a lasting address per data set.

On the published branch, `figures.json` lists for each figure the versions that hold it. `f/<data>/`, named after the
first 12 digits of the SHA-256 of the figure's data table, keeps the figure's files for good: a drawing that changes is
added beside the first one, and nothing is ever replaced but the folder's own page.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment

from generator.citing.citations import ADDRESS_DIGITS
from generator.errors import GeneratorError
from generator.publishing.git import Snapshot
from generator.settings import Settings

#: Later drawings are kept beside the first; the other files of a figure cite the version that they came with.
DRAWINGS = (".svg", ".png")


@dataclass(frozen=True, kw_only=True)
class PublishedFigure:
    """A figure of a built site: its files by name, and the SHA-256 of its data table."""

    id: str
    title: str
    alt: str
    data: str
    files: Mapping[str, bytes]

    @property
    def folder(self) -> str:
        """The lasting address of its data, below the published root."""
        return pinned_folder(self.data)


def pinned_folder(data: str) -> str:
    """The folder of a data table by the table's SHA-256."""
    return f"f/{data[:ADDRESS_DIGITS]}"


def figures_of(site: Mapping[str, bytes]) -> list[PublishedFigure]:
    """The figures that a site's `figures.json` lists; none where it has no such file."""
    if "figures.json" not in site:
        return []
    return [_figure(entry, site) for entry in _entries(site["figures.json"])]


def _entries(content: bytes) -> list[Mapping[str, Any]]:
    try:
        figures = json.loads(content)["figures"]
        return [{name: str(figure[name]) for name in ("id", "title", "alt")} for figure in figures]
    except (ValueError, KeyError, TypeError) as error:
        raise GeneratorError(
            f"expected figures.json to list figures with id, title and alt, found {type(error).__name__}: {error}"
        ) from None


def _figure(entry: Mapping[str, Any], site: Mapping[str, bytes]) -> PublishedFigure:
    start = f"fig/{entry['id']}/"
    files = {name.removeprefix(start): content for name, content in site.items() if name.startswith(start)}
    table = files.get(f"{entry['id']}.csv")
    if table is None:
        raise GeneratorError(f"expected the data of {entry['id']} in {start}{entry['id']}.csv, found no such file")
    return PublishedFigure(
        **entry,
        data=hashlib.sha256(table).hexdigest(),
        files={name: content for name, content in files.items() if name != "index.html"},
    )


def updated_history(
    history: Mapping[str, Any], figures: Iterable[PublishedFigure], version: str, versions: list[str]
) -> dict[str, Any]:
    """The history after a version is published: its entries are new, and those of versions that are gone are dropped.

    `versions` are all published versions, in the order in which the entries are listed.
    """
    updated = {
        identifier: {**figure, "versions": [entry for entry in figure["versions"] if entry["version"] != version]}
        for identifier, figure in history.items()
    }
    for figure in figures:
        entry = {
            "version": version,
            "page": f"{version}/fig/{figure.id}/",
            "data": figure.data,
            "pinned": f"{figure.folder}/",
        }
        earlier = updated.get(figure.id, {"versions": []})["versions"]
        updated[figure.id] = {"title": figure.title, "alt": figure.alt, "versions": [entry, *earlier]}
    for listed in updated.values():
        present = [entry for entry in listed["versions"] if entry["version"] in versions]
        listed["versions"] = sorted(present, key=lambda entry: versions.index(entry["version"]))
    return {identifier: listed for identifier, listed in sorted(updated.items()) if listed["versions"]}


def pinned_files(
    figures: Iterable[PublishedFigure],
    history: Mapping[str, Any],
    releases: Iterable[str],
    published: Snapshot,
    settings: Settings,
    templates: Environment,
) -> dict[str, bytes]:
    """What a version adds to the lasting folders of its figures, with each folder's page, by path on the branch.

    Only a release is named on a page, since what it links to stays.
    """
    figures = list(figures)
    added = {path: content for figure in figures for path, content in _new_files(figure, published).items()}
    for data in sorted({figure.data for figure in figures}):
        folder = pinned_folder(data)
        names = _inside(folder, [*published.objects, *added]) - {"index.html"}
        page = _page(data, names, history, set(releases), settings, templates)
        added[f"{folder}/index.html"] = page.encode()
    return added


def _inside(folder: str, paths: Iterable[str]) -> set[str]:
    start = f"{folder}/"
    return {path.removeprefix(start) for path in paths if path.startswith(start)}


def _new_files(figure: PublishedFigure, published: Snapshot) -> dict[str, bytes]:
    """The files that the figure's folder lacks; another drawing goes into a folder named after its own bytes."""
    known = published.under(figure.folder)
    if f"{figure.id}.csv" not in known:
        return {f"{figure.folder}/{name}": content for name, content in figure.files.items()}
    return {
        f"{figure.folder}/{hashlib.sha256(content).hexdigest()[:ADDRESS_DIGITS]}/{name}": content
        for name, content in figure.files.items()
        if name.endswith(DRAWINGS) and known.get(name) != published.name_of(content)
    }


def _page(
    data: str,
    names: set[str],
    history: Mapping[str, Any],
    releases: set[str],
    settings: Settings,
    templates: Environment,
) -> str:
    figures = [
        {
            "title": figure["title"],
            "alt": figure["alt"],
            "light": f"{identifier}.svg",
            "dark": f"{identifier}-dark.svg" if f"{identifier}-dark.svg" in names else None,
            "releases": [entry for entry in entries if entry["version"] in releases],
        }
        for identifier, figure in sorted(history.items())
        if (entries := [entry for entry in figure["versions"] if entry["data"] == data])
    ]
    return templates.get_template("figure.html").render(
        figures=figures,
        files=sorted(name for name in names if "/" not in name),
        redrawn=sorted(name for name in names if "/" in name),
        data=data,
        address=f"{settings.address}{pinned_folder(data)}/",
        site_name=settings.name,
        licence=settings.content_licence,
    )
