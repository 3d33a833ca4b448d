"""What an HTML page holds, as a browser would parse it: anchors, addresses, scripts, and faults of its own."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from generator.publishing.scripts import DATA_TYPES
from generator.publishing.styles import Reference, style_references

#: Attributes that make the browser load something, by element; `href` is judged by itself.
LOADED: Mapping[str, tuple[str, ...]] = {
    "audio": ("src",),
    "embed": ("src",),
    "form": ("action",),
    "iframe": ("src", "srcdoc"),
    "img": ("src", "srcset"),
    "input": ("src",),
    "link": ("imagesrcset",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "track": ("src",),
    "video": ("src", "poster"),
}

#: Attributes that hold addresses of several sizes of an image.
SETS = frozenset({"srcset", "imagesrcset"})

#: Attributes that hold style: `style` itself, and what SVG allows to be an address.
STYLED = frozenset(
    {"clip-path", "cursor", "fill", "filter", "marker-end", "marker-mid", "marker-start", "mask", "stroke", "style"}
)

#: Relations of a `link` element that name another document and load nothing.
NAMING_RELATIONS = frozenset(
    {"alternate", "author", "canonical", "cite-as", "describedby", "item", "license", "next", "prev"}
)

#: Elements that run or show foreign documents, change what others mean or where they lead, or hide what they hold.
FORBIDDEN_ELEMENTS = frozenset(
    {"animate", "animatemotion", "animatetransform", "applet", "base", "embed", "frame", "frameset", "iframe"}
    | {"object", "portal", "set", "template"}
)

#: The instructions that a page may give the browser by `http-equiv`.
POLICY = "content-security-policy"
REFRESH = "refresh"

_REFRESHED = re.compile(r"url\s*=\s*[\"']?([^\"']*)", re.IGNORECASE)

#: Attributes that load or send something and that no page of ours needs.
FORBIDDEN_ATTRIBUTES = frozenset({"background", "formaction", "manifest", "ping", "srcdoc"})


@dataclass(frozen=True, kw_only=True)
class Page:
    """What one HTML file holds, before any address is resolved.

    `scripts` are the texts of those that stand in it, `policies` the Content-Security-Policies that it states.
    """

    path: str
    anchors: frozenset[str] = frozenset()
    references: tuple[Reference, ...] = ()
    scripts: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    canonical: str | None = None


def read_page(path: str, content: bytes) -> Page:
    """Everything on a page that the gate judges."""
    nodes = [(node, str(node.tag), node.attributes) for node in elements(content)]
    names = Counter(identifier for _, _, attributes in nodes if (identifier := attributes.get("id")))
    repeated = [f"id {name!r} is used {count} times" for name, count in names.items() if count > 1]
    targets = {name for _, tag, attributes in nodes if tag == "a" and (name := attributes.get("name"))}
    canonical = [a.get("href") for _, tag, a in nodes if tag == "link" and a.get("rel") == "canonical"]
    return Page(
        path=path,
        anchors=frozenset(names) | targets,
        references=tuple(reference for node in nodes for reference in _references(*node)),
        scripts=inline_scripts(content),
        policies=tuple(a.get("content") or "" for _, _, a in nodes if _instruction(a) == POLICY),
        faults=(*(fault for _, tag, attributes in nodes for fault in _faults(tag, attributes)), *repeated),
        canonical=next(iter(canonical), None),
    )


def elements(content: bytes) -> Iterator[LexborNode]:
    """Every element of a page, in order."""
    root = LexborHTMLParser(content).root
    if root is not None:
        yield from root.traverse(include_text=False)


def inline_scripts(content: bytes) -> tuple[str, ...]:
    """The texts of the scripts that stand in a page and would run."""
    return tuple(
        node.text()
        for node in elements(content)
        if node.tag == "script" and "src" not in node.attributes and node.attributes.get("type") not in DATA_TYPES
    )


def _references(node: LexborNode, tag: str, attributes: Mapping[str, str | None]) -> Iterator[Reference]:
    for name in LOADED.get(tag, ()):
        for address in _urls(name, attributes.get(name)):
            yield Reference(url=address, loaded=True, source=f"{tag} {name}")
    for name in ("href", "xlink:href"):
        if (target := attributes.get(name)) is not None:
            yield _hyper_reference(tag, name, target, (attributes.get("rel") or "").lower().split())
    if _instruction(attributes) == REFRESH and (url := _REFRESHED.search(attributes.get("content") or "")):
        yield Reference(url=url[1], loaded=True, source="meta refresh")
    for name in STYLED.intersection(attributes):
        yield from style_references(attributes[name] or "", f"{name} of {tag}")
    if tag == "style":
        yield from style_references(node.text(), "style")


def _hyper_reference(tag: str, name: str, url: str, relations: list[str]) -> Reference:
    """A link that a reader follows, a `link` by its relations, and elsewhere, in drawings, what is loaded."""
    if tag in {"a", "area"}:
        return Reference(url=url, loaded=False, source=tag)
    if tag == "link":
        loaded = not NAMING_RELATIONS.issuperset(relations)
        return Reference(url=url, loaded=loaded, source=f"link {' '.join(relations)}")
    return Reference(url=url, loaded=True, source=f"{tag} {name}")


def _urls(name: str, value: str | None) -> list[str]:
    if value is None:
        return []
    if name in SETS:
        return [candidate.split()[0] for candidate in value.split(",") if candidate.strip()]
    return [value]


def _faults(tag: str, attributes: Mapping[str, str | None]) -> Iterator[str]:
    if tag.lower() in FORBIDDEN_ELEMENTS:
        yield f"<{tag}> is not allowed"
    if _is_image(tag, attributes) and not (attributes.get("alt") or "").strip():
        yield f"image {attributes.get('src') or attributes.get('href')!r} has no alternative text"
    if (instruction := _instruction(attributes)) not in {None, POLICY, REFRESH}:
        yield f"<{tag} http-equiv={instruction!r}> is not allowed"
    for name in attributes:
        if name.lower().startswith("on"):
            yield f"event handler {name} on <{tag}>"
        if name.lower() in FORBIDDEN_ATTRIBUTES:
            yield f"attribute {name} on <{tag}> is not allowed"


def _instruction(attributes: Mapping[str, str | None]) -> str | None:
    return (attributes.get("http-equiv") or "").lower() if "http-equiv" in attributes else None


def _is_image(tag: str, attributes: Mapping[str, str | None]) -> bool:
    """Whether an element needs an alternative text: an image, a button that is one, a part of one that is a link."""
    if tag == "area":
        return "href" in attributes
    return tag == "img" or (tag == "input" and (attributes.get("type") or "").lower() == "image")
