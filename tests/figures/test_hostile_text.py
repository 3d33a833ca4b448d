"""Hostile texts by the thousand in drawings: as their title and description, and drawn."""

import dataclasses
import re
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

from generator.figures.export import svg
from generator.figures.lettering import legible
from generator.figures.sheet import Sheet, style
from generator.figures.style import LIGHT
from generator.publishing.drawing import drawing_faults
from tests.figures.synthetic import plot_named
from tests.hostile import COUNT, folded, hostile_texts, seen

pytestmark = pytest.mark.slow

PER_DRAWING = 500
SEPARATOR = " 00000 "
SVG = "{http://www.w3.org/2000/svg}"
DESCRIPTION = "{http://purl.org/dc/elements/1.1/}description"


def batches() -> Iterator[tuple[str, ...]]:
    texts = hostile_texts()
    yield from (texts[start : start + PER_DRAWING] for start in range(0, COUNT, PER_DRAWING))


def drawn(texts: tuple[str, ...]) -> bytes:
    """A drawing of texts below each other, which are its title and its description, too."""
    with style("fig"):
        sheet = Sheet(LIGHT)
        for text in texts:
            sheet.y += 20
            sheet.text(0, sheet.y, text)
        sheet.finish()
        joined = SEPARATOR.join(texts)
        return svg(sheet, dataclasses.replace(plot_named("fig-batch-size-speed"), title=joined, alt=joined))


def elements(drawing: bytes) -> set[str]:
    return {element.tag for element in ElementTree.fromstring(drawing).iter()}


def test_a_drawing_shows_every_text_as_it_went_in_and_does_nothing_else() -> None:
    harmless = elements(drawn(("harmless",)))
    for texts in batches():
        drawing = drawn(texts)
        root = ElementTree.fromstring(drawing)
        expected = seen(SEPARATOR.join(texts))
        assert list(drawing_faults(drawing)) == []
        assert elements(drawing) == harmless
        assert folded(root.findtext(f"{SVG}title") or "") == expected
        assert [folded(found.text or "") for found in root.iter(DESCRIPTION)] == [expected]
        # Glyphs are outlines; before each line stands a comment with what it says.
        assert comments(drawing) == [as_comment(text) for text in texts]
    print(f"{COUNT} texts in title, description and drawing: 0 differ, 0 foreign elements, 0 faults")


def comments(drawing: bytes) -> list[str]:
    parser = ElementTree.XMLParser(target=ElementTree.TreeBuilder(insert_comments=True))
    root = ElementTree.fromstring(drawing, parser)
    return [folded(node.text or "") for node in root.iter(ElementTree.Comment)]  # type: ignore[arg-type]


def as_comment(text: str) -> str:
    """What XML lets a comment say of a text: no two hyphens side by side, and references are not resolved in it."""
    escaped = legible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return folded(re.sub(r"-(?=-)", "- ", escaped))
