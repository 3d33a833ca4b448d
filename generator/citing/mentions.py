"""Where a document mentions a figure of a published site: by address, by a reference of Sphinx or MyST, by our line.

Whatever is no full address, and no reference that the document's own configuration leads to the site, is no mention.
"""

import bisect
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from generator.citing.catalogue import pinned_folder
from generator.citing.documents import Passage

_FIGURE = r"fig-[a-z0-9]+(?:[.-][a-z0-9]+)*"
_VERSION = r"[a-z0-9][a-z0-9._-]*"

#: Our own line for Markdown: `![caption](figure:fig-id@version)`.
OWN_LINE = re.compile(r" {0,3}!\[(?P<caption>[^\]]*)\]\(figure:(?P<figure>[^\s@)]*)(?:@(?P<version>[^\s)]*))?\)\s*")

#: Files that give a version of the site a name, for references from other documents.
CONFIGURATIONS = frozenset({"conf.py", "myst.yml", "_config.yml"})

#: What stands before an address that gets a name, in Python or YAML.
_NAMED = r"""([\w.-]+)["']?\s*:\s*(?:\(\s*|-\s*|(?:kind:\s*\w+\s+)?url:\s*)?"""

#: What a path below the site's address can lead to.
_TARGETS = tuple(
    re.compile(pattern)
    for pattern in (
        r"f/(?P<data>[0-9a-f]{8,64})(?![^/?#])",
        rf"(?:(?P<version>{_VERSION})/)?fig/(?P<figure>{_FIGURE})(?![^/?#])",
        rf"(?P<version>{_VERSION})/(?:[^?#]*)#(?P<figure>{_FIGURE})$",
    )
)
#: Roles of Sphinx and MyST, with the name of an inventory before or inside them, and MyST's links.
_REFERENCES = (
    re.compile(rf"[:{{]external\+(?P<name>[\w.-]+):(?:std:)?(?:num)?ref[:}}]`(?:[^`<]*<)?(?P<figure>{_FIGURE})>?`"),
    re.compile(rf"[:{{](?:external:)?(?:std:)?(?:num)?ref[:}}]`(?:[^`<]*<)?(?P<name>[\w.-]+):(?P<figure>{_FIGURE})>?`"),
    re.compile(rf"\b(?:xref|inv):(?P<name>[\w.-]+)(?::[\w.*:-]*)?#(?P<figure>{_FIGURE})(?![\w-])"),
)
_DIGEST = re.compile(r"\bsha256:(?P<data>[0-9a-f]{64})\b")


@dataclass(frozen=True, kw_only=True)
class Mention:
    """A figure that a line mentions, by its numbers (`data`: a digest, or how it begins) or by its id and a version.

    `text` is the mention as it was written; `version` is None where it names none.
    """

    path: str
    line: int
    text: str
    data: str | None = None
    figure: str | None = None
    version: str | None = None

    @property
    def target(self) -> tuple[str | None, ...]:
        """What is mentioned, however it is written."""
        return (self.data, self.figure, self.version)

    @property
    def is_bare_digest(self) -> bool:
        """Whether nothing but a digest is mentioned, which could be that of anything."""
        return self.text.startswith("sha256:")


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """The name by which the documents of a folder refer to one version of the site."""

    folder: Path
    name: str
    version: str


def inventories_in(path: Path, text: str, address: str) -> Iterator[Inventory]:
    """The names that a configuration of Sphinx (`conf.py`) or MyST (`myst.yml`) gives to versions of the site."""
    for name, version in re.findall(rf"""{_NAMED}["']?{_site(address)}({_VERSION})(?![^/"'\s])""", text):
        yield Inventory(folder=path.parent, name=name, version=version)


def mentions_in(path: Path, passage: Passage, address: str, inventories: Sequence[Inventory]) -> list[Mention]:
    """Every figure that a passage mentions; once a line, however often it stands there."""
    ends = [match.start() for match in re.finditer("\n", passage.text)]
    mentions = [
        Mention(path=str(path), line=passage.line + bisect.bisect_left(ends, start), text=text, **target)
        for start, text, target in _found(path, passage, address, _names(path, inventories))
    ]
    return list({(mention.line, mention.target): mention for mention in reversed(mentions)}.values())[::-1]


class _Found(NamedTuple):
    """Where something is mentioned, how it is written, and the fields of a mention that say what it is."""

    start: int
    text: str
    target: Mapping[str, str | None]


def _found(path: Path, passage: Passage, address: str, names: Mapping[str, str]) -> Iterator[_Found]:
    yield from _addresses(passage.text, address)
    if path.suffix in {".bib", ".json"}:
        yield from _digests(passage.text)
    yield from _references(passage.prose, names)
    yield from _own_lines(passage.prose)


def _addresses(text: str, address: str) -> Iterator[_Found]:
    for match in re.finditer(rf"""({_site(address)})([^\s"'<>()\[\]{{}}|\\`]*)""", text):
        path = match[2].rstrip(".,;:!*_")
        targets = (pattern.match(path) for pattern in _TARGETS)
        if target := next(filter(None, targets), None):
            yield _Found(match.start(), match[1] + path, target.groupdict())


def _digests(text: str) -> Iterator[_Found]:
    """Digests in bibliographies; one that stands beside the address that is named after it says nothing new."""
    for match in _DIGEST.finditer(text):
        if f"/{pinned_folder(match['data'])}/" not in text:
            yield _Found(match.start(), match[0], match.groupdict())


def _references(text: str, names: Mapping[str, str]) -> Iterator[_Found]:
    for match in (match for pattern in _REFERENCES for match in pattern.finditer(text)):
        if match["name"] in names:
            yield _Found(match.start(), match[0], {"figure": match["figure"], "version": names[match["name"]]})


def _own_lines(text: str) -> Iterator[_Found]:
    for match in re.finditer(rf"^{OWN_LINE.pattern}$", text, re.MULTILINE):
        yield _Found(match.start(), match[0].strip(), {"figure": match["figure"], "version": match["version"]})


def _names(path: Path, inventories: Sequence[Inventory]) -> dict[str, str]:
    """The names that a document can use: those of the folders above it, the nearest last, so that it wins."""
    above = [inventory for inventory in inventories if inventory.folder in path.parents]
    ordered = sorted(above, key=lambda inventory: len(inventory.folder.parts))
    return {inventory.name: inventory.version for inventory in ordered}


def _site(address: str) -> str:
    """A pattern for the site's address, by whichever protocol."""
    return r"\bhttps?://" + re.escape(address.split("://", 1)[1])
