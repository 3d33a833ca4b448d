"""Whether an SVG file is a drawing and nothing more: opened by itself it is a document of the site's own origin."""

from collections.abc import Iterator
from xml.etree import ElementTree

from generator.publishing.markup import style_references


def drawing_faults(content: bytes) -> Iterator[str]:
    """What keeps an SVG file from being a well-formed drawing that does nothing and loads nothing."""
    if b"<!ENTITY" in content:
        yield "declares an entity"
        return
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        yield f"not well-formed XML: {error}"
        return
    for element in root.iter():
        tag = _local(element.tag)
        if tag in {"script", "foreignObject"}:
            yield f"<{tag}> is not allowed"
        for attribute, value in element.attrib.items():
            if fault := _attribute_fault(_local(attribute), value):
                yield f"{tag} {fault}"
        if tag == "style":
            yield from _style_faults(element.text or "")


def _attribute_fault(attribute: str, value: str) -> str | None:
    if attribute.lower().startswith("on"):
        return f"has the event handler {attribute}"
    if attribute == "href" and not value.startswith(("#", "data:image/")):
        return f"refers to {value!r} outside the file"
    return None


def _style_faults(style: str) -> Iterator[str]:
    for reference in style_references(style, "style"):
        if not reference.url.startswith(("#", "data:image/")):
            yield f"style refers to {reference.url!r} outside the file"


def _local(name: object) -> str:
    """A qualified XML name without its namespace."""
    return str(name).rpartition("}")[2]
