"""The documents that are scanned for citations: which files, and what of each a reader gets to see."""

import json
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.errors import GeneratorError, UsageError

#: Folders that hold what somebody else wrote or a tool made; hidden folders are left out, too.
SKIPPED_FOLDERS = frozenset({"__pycache__", "_build", "node_modules", "site-packages"})

_HTML_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)

#: Fenced blocks, and spans that are not the argument of one of MyST's roles.
_MARKDOWN_CODE = (
    re.compile(r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1[`~]* *$|\Z)", re.DOTALL | re.MULTILINE),
    re.compile(r"(?<![`}])(`+)(?!`)(?:(?!\n\n).)*?(?<!`)\1(?!`)", re.DOTALL),
)

#: The lines after one that belong to it by their indentation, the first group of a pattern.
_INDENTED = r"\n(?:(?:\1 +\S.*| *)\n)*"

#: Explicit markup that is no directive, target, footnote or substitution.
_RST_COMMENT = re.compile(rf"^( *)\.\.(?: +(?![\[_|]|\S+::).*)?{_INDENTED}", re.MULTILINE)

_RST_CODE = (
    re.compile(rf"^( *)(?:\.\. +(?:code|code-block|sourcecode)::.*|(?!\.\. ).*::){_INDENTED}", re.MULTILINE),
    re.compile(r"``.+?``"),
)


@dataclass(frozen=True, kw_only=True)
class Passage:
    """Consecutive lines of a document, from `line` on: all that is shown, and of that what is prose and no code.

    An address means something in both, a reference or a line of ours only in prose.
    """

    text: str
    prose: str = ""
    line: int = 1


def documents(paths: Sequence[Path]) -> Iterator[Path]:
    """The files that are named, and all that can be read in the folders that are named, in order."""
    for path in paths:
        if path.is_dir():
            yield from (file for file in files_in(path) if file.suffix.lower() in READERS)
        elif path.is_file():
            yield path
        else:
            raise UsageError(f"expected a file or folder to scan, found none at {path}")


def files_in(folder: Path) -> Iterator[Path]:
    """Every file below a folder that its owners wrote, in order."""
    for place, inner, names in os.walk(folder):
        inner[:] = sorted(name for name in inner if not name.startswith(".") and name not in SKIPPED_FOLDERS)
        yield from (Path(place, name) for name in sorted(names))


def read_passages(path: Path) -> list[Passage]:
    """What a reader sees of a document; comments become blank lines."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise GeneratorError(f"expected to read {path}, found: {error.strerror}") from error
    return list(READERS.get(path.suffix.lower(), _plain)(text))


def _without(patterns: Collection[re.Pattern[str]], text: str) -> str:
    """The text with every match made blank; all else stays where it was."""
    for pattern in patterns:
        text = pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    return text


def _plain(text: str) -> Iterator[Passage]:
    yield Passage(text=text)


def _html(text: str) -> Iterator[Passage]:
    yield Passage(text=_without([_HTML_COMMENT], text))


def _markdown(text: str, line: int = 1) -> Iterator[Passage]:
    shown = _without([_HTML_COMMENT], text)
    yield Passage(text=shown, prose=_without(_MARKDOWN_CODE, shown), line=line)


def _restructured(text: str) -> Iterator[Passage]:
    shown = _without([_RST_COMMENT], f"{text}\n")
    yield Passage(text=shown, prose=_without(_RST_CODE, shown))


def _notebook(text: str) -> Iterator[Passage]:
    """The sources of a notebook's cells, each placed where the file has it; a broken notebook is read as it stands."""
    try:
        cells = [(cell["cell_type"], cell["source"]) for cell in json.loads(text)["cells"]]
    except (ValueError, KeyError, TypeError):
        yield Passage(text=text)
        return
    position = 0
    for kind, source in cells:
        lines = source if isinstance(source, list) else [source]
        # The longest line is the one that is least likely to stand elsewhere, too.
        anchor = max(lines, key=len, default="")
        position = max(position, text.find(json.dumps(anchor, ensure_ascii=False)[1:-1], position))
        line = text.count("\n", 0, position) + 1 - (lines.index(anchor) if lines else 0)
        cell = "".join(lines)
        yield from _markdown(cell, line) if kind == "markdown" else [Passage(text=cell, line=line)]


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
