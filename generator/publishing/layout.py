"""What the published branch holds, as mike lays it out: versions, aliases, and what stands beside them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mike.versions
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from generator.errors import GeneratorError
from generator.publishing.git import Snapshot, read_file
from generator.publishing.history import figures_of, pinned_files, updated_history
from generator.publishing.names import LATEST, is_release
from generator.publishing.policy import protected
from generator.settings import Settings, read_settings

#: How many differing files an error names.
NAMED_FILES = 5


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
    _require_unaltered(base, version, files)
    versions, aliases = _register(root, base, version, alias)
    copies = {f"{folder}/{name}": content for folder in (version, *aliases) for name, content in files.items()}
    return Plan(
        folders=frozenset({version, *aliases}),
        files={**copies, **_root_files(root, base, version, versions, files)},
    )


def _require_unaltered(base: Snapshot, version: str, files: Mapping[str, bytes]) -> None:
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
    root: Path, base: Snapshot, version: str, versions: mike.versions.Versions, files: Mapping[str, bytes]
) -> dict[str, bytes]:
    """What stands beside the versions: their list, the way to the newest, and the figures of all of them."""
    settings = read_settings(root)
    templates = Environment(
        loader=FileSystemLoader(root / "templates" / "published"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    names = [str(info.version) for info in versions]
    releases = [name for name in names if is_release(name)]
    figures = figures_of(files)
    history = updated_history(_read_history(root, base), figures, version, names)
    target, leading = _leading(versions)
    # A host shows one page for all that is missing, and looks for it at the root.
    missing = {"404.html": files["404.html"]} if version == leading and "404.html" in files else {}
    made = {
        ".nojekyll": b"",
        "index.html": _redirect(target, settings, templates).encode(),
        "sitemap.xml": _sitemap(releases, settings).encode(),
        "versions.json": _json([{**info.to_json(), "aliases": sorted(info.aliases)} for info in versions]),
        "figures.json": _json({"figures": history}),
        **pinned_files(figures, history, releases, base, settings, templates),
    }
    return {**missing, **protected(made)}


def _read_history(root: Path, base: Snapshot) -> Mapping[str, Any]:
    content = read_file(root, base, "figures.json")
    try:
        history = json.loads(content)["figures"] if content else {}
        return {identifier: {**figure, "versions": list(figure["versions"])} for identifier, figure in history.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise GeneratorError(
            f"expected figures.json on the published branch to list figures, found {type(error).__name__}: {error}"
        ) from None


def _leading(versions: mike.versions.Versions) -> tuple[str, str]:
    """The folder that the root leads to and the version in it: the latest, else the newest, releases first."""
    for info in versions:
        if LATEST in info.aliases:
            return LATEST, str(info.version)
    names = [str(info.version) for info in versions]
    newest = next((name for name in names if is_release(name)), names[0])
    return newest, newest


def _redirect(target: str, settings: Settings, templates: Environment) -> str:
    return templates.get_template("redirect.html").render(
        title=settings.name, target=f"{target}/", address=f"{settings.address}{target}/"
    )


def _sitemap(releases: list[str], settings: Settings) -> str:
    entries = "".join(f"  <sitemap><loc>{settings.address}{name}/sitemap.xml</loc></sitemap>\n" for name in releases)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</sitemapindex>\n'
    )


def _json(value: object) -> bytes:
    """JSON as mike writes it."""
    return (json.dumps(value, indent=2) + "\n").encode()
