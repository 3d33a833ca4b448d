"""What the published branch holds, as mike lays it out: versions, aliases, and what stands beside them."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import mike.versions

from generator.citing.catalogue import FILE, Catalogue, dump_catalogue, parse_catalogue, pinned_folder
from generator.errors import GeneratorError
from generator.publishing.drawing import drawing_size
from generator.publishing.git import Snapshot, read_file
from generator.publishing.history import History, PublishedFigure, ReadTable, figures_of, updated_history, with_states
from generator.publishing.names import LATEST, is_release
from generator.publishing.notices import read_notices
from generator.publishing.pinned import pinned_files
from generator.publishing.policy import protected
from generator.publishing.release_pages import release_page
from generator.publishing.root_pages import page_templates, redirect, sitemap, status_files
from generator.settings import read_settings

#: How many differing files an error names.
NAMED_FILES = 5

#: The page that a host shows for all that is missing, and what programs read first; those of the version that leads.
_LOOKED_FOR_AT_THE_ROOT = ("404.html", "llms.txt")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The next state of the published branch: folders that are replaced as a whole, and files to write."""

    folders: frozenset[str]
    files: Mapping[str, bytes]

    def changes(self, published: Snapshot) -> bool:
        """Whether the branch would differ at all."""
        kept = {path: name for path, name in published.objects.items() if path.split("/")[0] not in self.folders}
        written = {path: published.name_of(content) for path, content in self.files.items()}
        return {**kept, **written} != published.objects


def plan_version(root: Path, base: Snapshot, version: str, alias: str | None, files: Mapping[str, bytes]) -> Plan:
    """The branch with a site's files as a version; refuses to alter a release, or to give a version two aliases."""
    require_unaltered(base, version, files)
    versions, aliases = _register(root, base, version, alias)
    copies = {f"{folder}/{name}": content for folder in (version, *aliases) for name, content in files.items()}
    figures = figures_of(files)
    history = updated_history(_read_history(root, base), figures, version, _names(versions))
    releases = [name for name in _names(versions) if is_release(name)]
    page = release_page(root, base, version, releases, files, page_templates(root, read_settings(root)))
    beside = {**protected(page), **_root_files(root, base, versions, history, figures, {**copies, **page})}
    leads = version == _leading(versions)[1]
    raised = {name: files[name] for name in _LOOKED_FOR_AT_THE_ROOT if leads and name in files}
    return Plan(folders=frozenset({version, *aliases}), files={**copies, **raised, **beside})


def plan_status(root: Path, base: Snapshot) -> Plan:
    """The branch with what is known today of every figure; the versions stay as they are."""
    versions = _read_versions(root, base)
    if not _names(versions):
        raise GeneratorError("expected a published version to tell the status of, found none")
    return Plan(folders=frozenset(), files=_root_files(root, base, versions, _read_history(root, base)))


def require_unaltered(base: Snapshot, version: str, files: Mapping[str, bytes]) -> None:
    """Refuse to let a release that is on the branch have other files."""
    published = base.under(version)
    if not published or not is_release(version):
        return
    offered = {name: base.name_of(content) for name, content in files.items()}
    differing = sorted(name for name in published.keys() | offered.keys() if published.get(name) != offered.get(name))
    if differing:
        more = f" and {len(differing) - NAMED_FILES} more" if len(differing) > NAMED_FILES else ""
        raise GeneratorError(
            f"expected release {version} to stay as it was published, found {len(differing)} differing files: "
            f"{', '.join(differing[:NAMED_FILES])}{more}; publish it under a new version"
        )


def _register(root: Path, base: Snapshot, version: str, alias: str | None) -> tuple[mike.versions.Versions, list[str]]:
    """All versions with this one, and the aliases of this one: at most one, since mike writes more in any order."""
    versions = _read_versions(root, base)
    try:
        info = versions.add(version, aliases=[alias] if alias else [], update_aliases=bool(alias))
    except ValueError as error:
        raise GeneratorError(f"expected {version!r} and alias {alias!r} to be free, found: {error}") from None
    if len(info.aliases) > 1:
        raise GeneratorError(f"expected one alias at most for {version}, found {', '.join(sorted(info.aliases))}")
    return versions, sorted(info.aliases)


def _read_versions(root: Path, base: Snapshot) -> mike.versions.Versions:
    content = read_file(root, base, "versions.json")
    if content is None:
        return mike.versions.Versions()
    try:
        return mike.versions.Versions.loads(content)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise GeneratorError(
            f"expected versions.json on the published branch to list versions, found {type(error).__name__}: {error}"
        ) from None


def _root_files(
    root: Path,
    base: Snapshot,
    versions: mike.versions.Versions,
    history: History,
    figures: Sequence[PublishedFigure] = (),
    added: Mapping[str, bytes] = MappingProxyType({}),
) -> dict[str, bytes]:
    """What stands beside the versions: their list, the way to the newest, and the figures of all of them.

    `added` are the files of versions and the pages of releases that are published together with it.
    """
    settings = read_settings(root)
    templates = page_templates(root, settings)
    templates.globals["size_of"] = _size_reader(root, base, added)
    releases = [name for name in _names(versions) if is_release(name)]
    newest = (releases or _names(versions))[0]
    judged = with_states(history, read_notices(root), releases, _table_reader(root, base, figures))
    aliases = {alias: str(info.version) for info in versions for alias in sorted(info.aliases)}
    catalogue = Catalogue(settings=settings, newest=newest, aliases=aliases, figures=judged)
    made = {
        ".nojekyll": b"",
        "index.html": redirect(_leading(versions)[0], templates),
        "sitemap.xml": sitemap(releases, settings),
        "versions.json": _json([{**info.to_json(), "aliases": sorted(info.aliases)} for info in versions]),
        FILE: dump_catalogue(catalogue),
        **status_files(root, judged, newest, _compared(base, added), templates),
        **pinned_files(figures, judged, base, settings, templates),
    }
    return protected(made)


def _compared(base: Snapshot, added: Iterable[str]) -> set[str]:
    """The releases that have a page of what they changed."""
    return {path.split("/")[1] for path in [*base.objects, *added] if path.startswith("changes/")}


def _names(versions: mike.versions.Versions) -> list[str]:
    return [str(info.version) for info in versions]


def _table_reader(root: Path, base: Snapshot, figures: Sequence[PublishedFigure]) -> ReadTable:
    """Reads the data table of a figure: one that is published with this plan, or one that is on the branch."""
    fresh = {(figure.id, figure.data): figure.files[f"{figure.id}.csv"] for figure in figures}

    def read(identifier: str, data: str) -> bytes:
        path = f"{pinned_folder(data)}/{identifier}.csv"
        content = fresh.get((identifier, data)) or read_file(root, base, path)
        if content is None:
            raise GeneratorError(f"expected the data of {identifier} at {path} on the published branch, found none")
        return content

    return read


def _size_reader(root: Path, base: Snapshot, added: Mapping[str, bytes]) -> Callable[[str], tuple[int, int] | None]:
    """Reads the size of a drawing, by its path: one that is published with this plan, or one that is on the branch."""

    def read(path: str) -> tuple[int, int] | None:
        return drawing_size(added.get(path) or read_file(root, base, path) or b"")

    return read


def _read_history(root: Path, base: Snapshot) -> History:
    content = read_file(root, base, FILE)
    return parse_catalogue(content, f"{FILE} on the published branch").figures if content else {}


def _leading(versions: mike.versions.Versions) -> tuple[str, str]:
    """The folder that the root leads to and the version in it: the latest, else the newest, releases first."""
    for info in versions:
        if LATEST in info.aliases:
            return LATEST, str(info.version)
    newest = next((name for name in _names(versions) if is_release(name)), _names(versions)[0])
    return newest, newest


def _json(value: object) -> bytes:
    """JSON as mike writes it."""
    return (json.dumps(value, indent=2) + "\n").encode()
