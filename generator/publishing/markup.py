"""What an HTML page or a style sheet holds, as a browser would parse it: anchors, addresses, and faults of its own."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

#: Attributes that make the browser load something, by element.
LOADED: Mapping[str, tuple[str, ...]] = {
    "audio": ("src",),
    "embed": ("src",),
    "iframe": ("src", "srcdoc"),
    "image": ("href", "xlink:href"),
    "img": ("src", "srcset"),
    "input": ("src",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "track": ("src",),
    "use": ("href", "xlink:href"),
    "video": ("src", "poster"),
}

#: Relations of a `link` element that name another document and load nothing.
NAMING_RELATIONS = frozenset(
    {"alternate", "author", "canonical", "cite-as", "describedby", "item", "license", "next", "prev"}
)

#: Elements that run or show foreign documents, or change what every other address on the page means.
FORBIDDEN_ELEMENTS = frozenset({"base", "embed", "frame", "iframe", "object", "portal"})

_STYLE_ADDRESS = re.compile(
    r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^"')\s]*))\s*\)|@import\s+(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE
)
_STYLE_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Reference:
    """An address on a page: `loaded` by the browser at once, or only followed by a reader."""

    url: str
    loaded: bool
    source: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """What one HTML file holds, before any address is resolved."""

    path: str
    anchors: frozenset[str] = frozenset()
    references: tuple[Reference, ...] = ()
    faults: tuple[str, ...] = ()
    canonical: str | None = None


def read_page(path: str, content: bytes) -> Page:
    """Everything on a page that the gate judges."""
    names: Counter[str] = Counter()
    targets: set[str] = set()
    references: list[Reference] = []
    faults: list[str] = []
    canonical = None
    for node in _elements(content):
        tag, attributes = str(node.tag), node.attributes
        if identifier := attributes.get("id"):
            names[identifier] += 1
        if tag == "a" and (name := attributes.get("name")):
            targets.add(name)
        if tag == "link" and attributes.get("rel") == "canonical":
            canonical = canonical or attributes.get("href")
        references += _references(node, tag, attributes)
        faults += _faults(tag, attributes)
    faults += [f"id {name!r} is used {count} times" for name, count in names.items() if count > 1]
    return Page(
        path=path,
        anchors=frozenset(names) | targets,
        references=tuple(references),
        faults=tuple(faults),
        canonical=canonical,
    )


def _elements(content: bytes) -> Iterator[LexborNode]:
    root = LexborHTMLParser(content).root
    if root is not None:
        yield from root.traverse(include_text=False)


def _references(node: LexborNode, tag: str, attributes: Mapping[str, str | None]) -> Iterator[Reference]:
    for name in LOADED.get(tag, ()):
        for url in _urls(name, attributes.get(name)):
            yield Reference(url=url, loaded=True, source=f"{tag} {name}")
    if tag in {"a", "area"} and (href := attributes.get("href")) is not None:
        yield Reference(url=href, loaded=False, source=tag)
    if tag == "link" and (href := attributes.get("href")) is not None:
        relations = (attributes.get("rel") or "").lower().split()
        loaded = not NAMING_RELATIONS.issuperset(relations)
        yield Reference(url=href, loaded=loaded, source=f"link {' '.join(relations)}")
    if tag == "form" and (action := attributes.get("action")):
        yield Reference(url=action, loaded=True, source="form action")
    if style := attributes.get("style"):
        yield from style_references(style, f"style of {tag}")
    if tag == "style":
        yield from style_references(node.text(), "style")


def _urls(name: str, value: str | None) -> list[str]:
    if value is None:
        return []
    if name == "srcset":
        return [candidate.split()[0] for candidate in value.split(",") if candidate.strip()]
    return [value]


def style_references(style: str, source: str) -> list[Reference]:
    """What a style sheet loads."""
    found = _STYLE_ADDRESS.findall(_STYLE_COMMENT.sub("", style))
    return [Reference(url="".join(groups), loaded=True, source=f"{source} url") for groups in found if any(groups)]


def _faults(tag: str, attributes: Mapping[str, str | None]) -> Iterator[str]:
    if tag in FORBIDDEN_ELEMENTS:
        yield f"<{tag}> is not allowed"
    if tag == "img" and not (attributes.get("alt") or "").strip():
        yield f"image {attributes.get('src')!r} has no alternative text"
    for name in attributes:
        if name.lower().startswith("on"):
            yield f"event handler {name} on <{tag}>"
