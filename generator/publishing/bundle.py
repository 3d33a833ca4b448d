"""A whole version in one file: a zip that opens from a folder, with search, without a server, and can be archived."""

import json
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from generator.errors import GeneratorError
from generator.pages.figure_files import archive, checksums
from generator.publishing.crate import FILE as CRATE
from generator.publishing.crate import crate_metadata
from generator.publishing.policy import without_policy
from generator.settings import Settings

#: Replaces the browser's workers where it starts none, by its path in the bundle.
OFFLINE_SCRIPT = "assets/offline.js"

CHECKSUMS = "SHA256SUMS"

#: What only a server can use: the page for what is missing, and lists for search engines.
_LEFT_OUT = frozenset({"404.html", "sitemap.xml", "sitemap.xml.gz"})

_INDEX = "search/search_index"
_LINK = re.compile(r'(<a\b[^>]*?\shref=")([^"]*)(")')
_VERSIONS = re.compile(r'"version": \{[^{}]*\}')
_FIRST_SCRIPT_OF_BODY = re.compile(r'<script src="([^"]*)assets/javascripts/bundle')


def make_bundle(site: Mapping[str, bytes], root: Path, settings: Settings, version: str) -> bytes:
    """The zip of a site's files, with the lock they were made with, a description as a crate, and checksums."""
    files = {**offline(site), **_companions(root)}
    files[CRATE] = crate_metadata(files, settings, version)
    files[CHECKSUMS] = checksums(files)
    folder = folder_name(settings, version)
    return archive({f"{folder}/{name}": content for name, content in files.items()})


def folder_name(settings: Settings, version: str) -> str:
    """What the zip and the folder in it are called."""
    return f"{'-'.join(settings.name.lower().split())}-{version}"


def _companions(root: Path) -> dict[str, bytes]:
    """What belongs to a site that is kept: the licences, the lock, and the script that lets it search by itself."""
    places = {
        "LICENSE": root / "LICENSE",
        "LICENSES.md": root / "LICENSES.md",
        OFFLINE_SCRIPT: root / "templates" / "published" / "offline.js",
        **{f"lock/{path.name}": path for path in sorted((root / "requirements").glob("*.txt"))},
    }
    return {name: path.read_bytes() for name, path in places.items()}


def offline(site: Mapping[str, bytes]) -> dict[str, bytes]:
    """A site's files as they work from a folder: links name files, and the search index is a script."""
    kept = {name: content for name, content in site.items() if name not in _LEFT_OUT}
    index = _index(kept)
    return {
        **{name: _page(name, content, kept) if name.endswith(".html") else content for name, content in kept.items()},
        f"{_INDEX}.json": index,
        f"{_INDEX}.js": b"var __index = " + index,
    }


def _page(name: str, content: bytes, site: Mapping[str, bytes]) -> bytes:
    """A page whose links name files. A folder has no origin, so that a policy could name nothing: it has none."""

    def named(match: re.Match[str]) -> str:
        return f"{match[1]}{_named(name, match[2], site)}{match[3]}"

    page = _LINK.sub(named, without_policy(content).decode())
    page = _VERSIONS.sub('"version": null', page)
    return _FIRST_SCRIPT_OF_BODY.sub(rf'<script src="\1{OFFLINE_SCRIPT}"></script>\g<0>', page, count=1).encode()


def _named(page: str, link: str, site: Mapping[str, bytes]) -> str:
    """A link to a folder as one to the page in it."""
    url = urlsplit(link)
    if url.scheme or url.netloc or not url.path:
        return link
    target = posixpath.normpath(posixpath.join(posixpath.dirname(page), url.path))
    if posixpath.join(target, "index.html").removeprefix("./") not in site:
        return link
    return url._replace(path=posixpath.join(url.path, "index.html")).geturl()


def _index(site: Mapping[str, bytes]) -> bytes:
    """The search index, with files for folders."""
    try:
        index = json.loads(site[f"{_INDEX}.json"])
        for entry in index["docs"]:
            entry["location"] = _named("", entry["location"] or "./", site)
    except (ValueError, KeyError, TypeError) as error:
        raise GeneratorError(f"expected a search index of pages in the site, found {error}") from error
    return json.dumps(index, ensure_ascii=False, separators=(",", ":")).encode()
