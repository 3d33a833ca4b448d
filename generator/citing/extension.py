"""For Python-Markdown, and so for MkDocs and Zensical: one line of a page becomes a figure with caption and citation.

`![](figure:fig-id@version)` on a line of its own shows the figure by its lasting address, with its own caption or the
one between the brackets. A figure or version that does not exist is an error, so that a build tells of it.

    markdown_extensions:
      - fluctuations:
          published: https://fluctuations.example/    # or a folder, or a copy of its figures.json
"""

import dataclasses
import functools
import re
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension

from generator.citing.catalogue import Catalogue, read_catalogue
from generator.citing.citations import markup
from generator.citing.mentions import OWN_LINE
from generator.citing.states import State
from generator.errors import GeneratorError, UnknownNameError

#: Before paragraphs, which take all that is left.
_PRIORITY = 75


class FigureLines(BlockProcessor):
    """Replaces blocks that are one line of ours."""

    def __init__(self, md: Markdown, published: str) -> None:
        super().__init__(md.parser)
        self.md = md
        self.published = published

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002 - the names are Python-Markdown's
        """Whether a line of a block is ours."""
        return any(map(OWN_LINE.fullmatch, block.split("\n")))

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Put the figure in the line's place; what stands before and after it are blocks of their own."""
        lines = blocks.pop(0).split("\n")
        position, match = next((i, match) for i, line in enumerate(lines) if (match := OWN_LINE.fullmatch(line)))
        self.parser.parseBlocks(parent, ["\n".join(lines[:position])])
        SubElement(parent, "p").text = self.md.htmlStash.store(figure_markup(match, _catalogue(self.published)))
        if after := "\n".join(lines[position + 1 :]):
            blocks.insert(0, after)


class FiguresExtension(Extension):
    """The extension; `published` is where the list of figures is read."""

    def __init__(self, **options: Any) -> None:
        self.config = {"published": ["", "Address or folder of the published site, or a copy of its figures.json"]}
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is Python-Markdown's
        """Register the processor."""
        published = self.getConfig("published")
        if not published:
            raise GeneratorError("expected 'published' in the options of the figures extension, found none")
        md.parser.blockprocessors.register(FigureLines(md, published), "fluctuations", _PRIORITY)


def makeExtension(**options: Any) -> FiguresExtension:  # noqa: N802 - the name is Python-Markdown's
    """The extension, for those who name its module."""
    return FiguresExtension(**options)


def figure_markup(match: re.Match[str], catalogue: Catalogue) -> str:
    """The figure that a line asks for, with what has been declared about it since."""
    identifier, version = match["figure"], match["version"]
    try:
        if not version:
            raise GeneratorError(f"expected a version behind '@', found none; the newest is {catalogue.newest}")
        edition = catalogue.edition(identifier, version)
    except (GeneratorError, UnknownNameError) as error:
        raise GeneratorError(f"{match[0].strip()}: {error}") from None
    declared = edition.told if edition.state in {State.CORRECTED, State.WITHDRAWN} else ""
    caption = " ".join(filter(None, [match["caption"] or edition.caption, declared]))
    return markup(dataclasses.replace(catalogue.citation(identifier, version), caption=caption))


@functools.cache
def _catalogue(published: str) -> Catalogue:
    """Read once for all pages of a build."""
    return read_catalogue(published)
