"""The last look at a built site: every page as a browser would parse it, every style sheet, every drawing."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from generator.publishing import scripts
from generator.publishing.drawing import drawing_faults
from generator.publishing.markup import Page, read_page
from generator.publishing.policy import policy_of
from generator.publishing.styles import Reference, style_references
from generator.publishing.tree import published_files

#: Where a full address is one of this very site. Anywhere else it leads to what is published beside it, or to others.
OWN = frozenset({"link canonical", "sitemap"})

#: What an address may begin with; most have none, as they lead to the site itself.
SCHEMES = frozenset({"", "http", "https", "mailto"})

#: What the gate reads, and what it would have to read: documents that a browser opens, in which scripts run.
CHECKED = (".html", ".css", ".svg", "sitemap.xml")
ACTIVE = (".htm", ".html", ".shtml", ".svg", ".svgz", ".xht", ".xhtml", ".xml")

#: What a browser takes away from both ends of an address.
_IGNORED = "".join(map(chr, range(0x21)))


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One fault of a built site: where, and what was found."""

    page: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Site:
    """All that an address may lead to; `base` is the full address of the site's root, where a page states it."""

    files: frozenset[str]
    anchors: Mapping[str, frozenset[str]] = field(default_factory=dict)
    base: SplitResult | None = None


def check_site(site: Path) -> list[Problem]:
    """Every fault of a built site, in the order of its files.

    Internal links, anchors and assets that lead nowhere; anything loaded from another origin; scripts that are not on
    the list, event handlers, script addresses and embedded documents; images without alternative text; ids used twice;
    pages whose policy is not made for them; SVG files that are not well-formed or could act. Links to other sites are
    nobody's fault here and are not followed.
    """
    paths = published_files(site)
    contents = {name: path.read_bytes() for name, path in paths.items() if name.endswith(CHECKED)}
    pages = [read_page(name, content) for name, content in contents.items() if name.endswith(".html")]
    known = Site(
        files=frozenset(paths),
        anchors={page.path: page.anchors for page in pages},
        base=_base_of(pages),
    )
    problems = [Problem(page=name, message="a document that is not checked") for name in paths if _is_unchecked(name)]
    for page in pages:
        problems += _check_page(page, contents[page.path], known)
    for name, content in contents.items():
        problems += _check_file(name, content, known)
    return sorted(problems, key=lambda problem: problem.page)


def _is_unchecked(name: str) -> bool:
    """Whether a browser would open a file as a document with scripts that nobody has looked at."""
    return name.lower().endswith(ACTIVE) and not name.endswith(CHECKED)


def _check_file(name: str, content: bytes, site: Site) -> Iterator[Problem]:
    if name.endswith(".css"):
        yield from _check_references(name, style_references(content.decode("utf-8", "replace"), "css"), site)
    if name.endswith(".svg"):
        yield from (Problem(page=name, message=fault) for fault in drawing_faults(content))
    if posixpath.basename(name) == "sitemap.xml":
        yield from _check_references(name, _sitemap_references(content), site)


def _base_of(pages: Iterable[Page]) -> SplitResult | None:
    """The root's full address, from the home page's canonical link."""
    home = next((page for page in pages if page.path == "index.html"), None)
    return urlsplit(home.canonical) if home and home.canonical else None


def _sitemap_references(content: bytes) -> list[Reference]:
    locations = re.findall(rb"<loc>([^<]*)</loc>", content)
    return [Reference(url=url.decode(), loaded=False, source="sitemap") for url in locations]


def _check_page(page: Page, content: bytes, site: Site) -> Iterator[Problem]:
    for fault in page.faults:
        yield Problem(page=page.path, message=fault)
    for text in page.scripts:
        if (digest := scripts.digest(text)) not in scripts.INLINE:
            yield Problem(page=page.path, message=f"inline script {digest} is not on the list of publishing/scripts.py")
    if page.policies != (policy_of(content),):
        yield Problem(page=page.path, message="has not the Content-Security-Policy that is made for it")
    yield from _check_references(page.path, page.references, site)


def _check_references(path: str, references: Iterable[Reference], site: Site) -> Iterator[Problem]:
    for reference in dict.fromkeys(references):
        if message := _fault_of(path, reference, site):
            yield Problem(page=path, message=f"{reference.source} {reference.url!r}: {message}")


def _fault_of(path: str, reference: Reference, site: Site) -> str | None:
    try:
        url = urlsplit(reference.url.strip(_IGNORED))
    except ValueError as error:
        return f"not an address ({error})"
    if url.scheme in {"javascript", "vbscript"}:
        return "a script as an address"
    if url.scheme == "data":
        return None if reference.loaded and url.path.startswith("image/") else "embedded data that is no image"
    if url.scheme not in SCHEMES:
        return "an address of an unknown kind"
    if url.scheme or url.netloc:
        return _fault_of_absolute(url, reference, site)
    return _fault_of_internal(path, url, site) or _fault_of_script(path, url, reference, site)


def _fault_of_absolute(url: SplitResult, reference: Reference, site: Site) -> str | None:
    if reference.source in OWN and site.base and urlunsplit(url).startswith(urlunsplit(site.base)):
        return _fault_of_internal("", url, site)
    return "loaded from another origin" if reference.loaded else None


def _fault_of_script(path: str, url: SplitResult, reference: Reference, site: Site) -> str | None:
    if reference.source != "script src" or scripts.FILES.fullmatch(_resolve(path, unquote(url.path), site) or ""):
        return None
    return "not on the list of publishing/scripts.py"


def _fault_of_internal(path: str, url: SplitResult, site: Site) -> str | None:
    target = _resolve(path, unquote(url.path), site)
    if target is None:
        return None
    if target not in site.files:
        return "leads nowhere"
    fragment = unquote(url.fragment)
    if not fragment or fragment == "top" or target not in site.anchors or fragment in site.anchors[target]:
        return None
    return f"no such anchor in {target}"


def _resolve(page: str, path: str, site: Site) -> str | None:
    """The file that a path leads to from a page, or None for the folder above the site.

    That folder holds the versions: its own index page is written by every publication, and by nothing here.
    """
    if path.startswith("/"):
        base = site.base.path if site.base else "/"
        target = posixpath.relpath(path, base)
    else:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
    if target == "..":
        return None
    index = "index.html" if target == "." else f"{target}/index.html"
    return index if index in site.files and target not in site.files else target
