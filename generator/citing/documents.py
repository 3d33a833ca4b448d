"""The documents that are scanned for citations: which files, and what of each a reader gets to see."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.errors import GeneratorError

#: Folders that hold what somebody else wrote or a tool made; hidden folders are left out, too.
SKIPPED_FOLDERS = frozenset({"__pycache__", "_build", "node_modules", "site-packages"})

_HTML_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)

#: Explicit markup that is no directive, target, footnote or substitution, with the indented lines that belong to it.
_RST_COMMENT = re.compile(r"^( *)\.\.(?: +(?![\[_|]|\S+::).*)?\n(?:\1 +\S.*\n)*", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Passage:
    """Consecutive lines of a document; `markdown` where links and lines of Markdown mean something."""

    text: str
    line: int = 1
    markdown: bool = False


def documents(paths: Sequence[Path]) -> Iterator[Path]:
    """The files that are named, and all that can be read in the folders that are named, in order."""
    for path in paths:
        if path.is_dir():
            yield from _inside(path)
        elif path.is_file():
            yield path
        else:
            raise GeneratorError(f"expected a file or folder to scan, found none at {path}")


def _inside(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        skipped = any(part.startswith(".") or part in SKIPPED_FOLDERS for part in parts)
        if path.suffix.lower() in READERS and not skipped and path.is_file():
            yield path


def read_passages(path: Path) -> list[Passage]:
    """What a reader sees of a document; comments become blank lines."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise GeneratorError(f"expected to read {path}, found: {error.strerror}") from error
    return list(READERS.get(path.suffix.lower(), _plain)(text))


def blank(pattern: re.Pattern[str], text: str) -> str:
    """The text with every match made blank; all else stays where it was."""
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def _plain(text: str) -> Iterator[Passage]:
    yield Passage(text=text)


def _html(text: str) -> Iterator[Passage]:
    yield Passage(text=blank(_HTML_COMMENT, text))


def _markdown(text: str) -> Iterator[Passage]:
    yield Passage(text=blank(_HTML_COMMENT, text), markdown=True)


def _restructured(text: str) -> Iterator[Passage]:
    yield Passage(text=blank(_RST_COMMENT, f"{text}\n"))


def _notebook(text: str) -> Iterator[Passage]:
    """The sources of a notebook's cells, each placed where the file has it; a broken notebook is read as it stands."""
    try:
        cells = json.loads(text)["cells"]
        sources = [(cell["cell_type"] == "markdown", cell["source"]) for cell in cells]
    except (ValueError, KeyError, TypeError):
        yield Passage(text=text)
        return
    position = 0
    for is_markdown, source in sources:
        lines = source if isinstance(source, list) else [source]
        # The longest line is the one that is least likely to stand elsewhere, too.
        anchor = max(lines, key=len, default="")
        position = max(position, text.find(json.dumps(anchor, ensure_ascii=False)[1:-1], position))
        line = text.count("\n", 0, position) + 1 - (lines.index(anchor) if lines else 0)
        yield Passage(text="".join(lines), line=line, markdown=is_markdown)


#: How the text of a kind of file is read, by the end of its name.
READERS: Mapping[str, Callable[[str], Iterator[Passage]]] = {
    ".bib": _plain,
    ".htm": _html,
    ".html": _html,
    ".ipynb": _notebook,
    ".json": _plain,
    ".markdown": _markdown,
    ".md": _markdown,
    ".rst": _restructured,
    ".tex": _plain,
}
