"""Whether an SVG file is a drawing and nothing more: opened by itself it is a document of the site's own origin."""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from xml.etree import ElementTree

from generator.publishing.markup import FORBIDDEN_ELEMENTS, STYLED
from generator.publishing.styles import style_references

SVG = "http://www.w3.org/2000/svg"

#: Languages of a drawing: its own, and those of the description inside its `metadata`.
LANGUAGES = frozenset(
    {
        SVG,
        "http://creativecommons.org/ns#",
        "http://purl.org/dc/elements/1.1/",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    }
)

_SIZE = re.compile(rb'<svg\b[^>]*? width="(\d+)" height="(\d+)"')

_FORBIDDEN = FORBIDDEN_ELEMENTS | {"foreignobject", "script"}


def drawing_size(content: bytes) -> tuple[int, int] | None:
    """Width and height at which to show a drawing, in pixels, where it states them."""
    found = _SIZE.search(content)
    return (int(found[1]), int(found[2])) if found else None


def drawing_faults(content: bytes) -> Iterator[str]:
    """What keeps an SVG file from being a well-formed drawing that does nothing and loads nothing."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        yield f"not UTF-8: {error.reason}"
        return
    for declaration, what in (("<!ENTITY", "declares an entity"), ("<?xml-stylesheet", "has a style sheet elsewhere")):
        if declaration in text:
            yield what
            return
    try:
        root = ElementTree.fromstring(text.encode())
    except ElementTree.ParseError as error:
        yield f"not well-formed XML: {error}"
        return
    if root.tag != f"{{{SVG}}}svg":
        yield f"no drawing but {root.tag!r}"
    yield from _faults(root)


def _faults(root: ElementTree.Element) -> Iterator[str]:
    names = Counter(name for element in root.iter() if (name := element.get("id")) is not None)
    yield from (f"id {name!r} is used {count} times" for name, count in names.items() if count > 1)
    for element in root.iter():
        language, tag = _parts(element.tag)
        if language not in LANGUAGES:
            yield f"<{tag}> is of another language, {language!r}"
        if tag.lower() in _FORBIDDEN:
            yield f"<{tag}> is not allowed"
        for name, value in element.attrib.items():
            yield from _attribute_faults(tag, _parts(name)[1], value, names.keys())
        if tag == "style":
            yield from _style_faults(element.text or "", "style", names.keys())


def _attribute_faults(tag: str, attribute: str, value: str, names: Collection[str]) -> Iterator[str]:
    if attribute.lower().startswith("on"):
        yield f"{tag} has the event handler {attribute}"
    if attribute == "href" and (fault := _reference_fault(value, names)):
        yield f"{tag} refers to {value!r} {fault}"
    if attribute in STYLED:
        yield from _style_faults(value, f"{attribute} of {tag}", names)


def _style_faults(style: str, source: str, names: Collection[str]) -> Iterator[str]:
    for reference in style_references(style, source):
        if fault := _reference_fault(reference.url, names):
            yield f"{source} refers to {reference.url!r} {fault}"


def _reference_fault(url: str, names: Collection[str]) -> str | None:
    if url.startswith("#"):
        return None if url[1:] in names else "which the file does not have"
    return None if url.startswith("data:image/") else "outside the file"


def _parts(name: object) -> tuple[str, str]:
    """The language and the local name of a qualified XML name."""
    language, _, local = str(name).rpartition("}")
    return language.removeprefix("{"), local
