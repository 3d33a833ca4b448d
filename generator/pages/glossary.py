"""The glossary: the first time that a page uses a term, it links to what the term means."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.errors import GeneratorError

#: Parts of a line of Markdown that are no prose: code, images, links, HTML tags, attributes, character references.
_LITERAL = r"`+[^`]*`+|!?\[(?:[^\[\]]|\[[^\]]*\])*\]\([^)]*\)|<[^>]*>|\{:[^}]*\}|&#?\w+;|https?://\S+"

#: Lines that are no prose, by how they start: headings, tabs, admonitions, indented code, reference definitions.
_APART = ("#", "===", "???", "!!!", "    ", "[")

_FENCE = re.compile(r" *(```|~~~)")


@dataclass(frozen=True, kw_only=True)
class Term:
    """A word of the trade, other forms of it, and its definition in plain text."""

    name: str
    forms: tuple[str, ...]
    definition: str

    @property
    def id(self) -> str:
        """Its anchor on the glossary's page."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower())


def read_glossary(path: Path) -> tuple[Term, ...]:
    """The terms of a glossary file, in alphabetical order."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise GeneratorError(f"{path.name}: expected a glossary, found {error}") from error
    terms = [_term(path.name, name, entry) for name, entry in document.items()]
    return tuple(sorted(terms, key=lambda term: term.name.lower()))


def _term(file: str, name: str, entry: Any) -> Term:
    known = {"definition", "forms"}
    if not isinstance(entry, Mapping) or not {"definition"} <= set(entry) <= known:
        raise GeneratorError(f"{file}: expected a definition, and perhaps forms, of {name!r}, found {entry!r}")
    if set('"|<>[]') & set(entry["definition"]):
        raise GeneratorError(f"{file}: expected a definition of {name!r} in plain words, found {entry['definition']!r}")
    return Term(name=name, forms=tuple(entry.get("forms", ())), definition=entry["definition"])


def linked(markdown: str, terms: Sequence[Term], root: str) -> str:
    """A page on which the first occurrence of each term, in prose, links to the glossary at `root`."""
    by_form = {form.lower(): term for term in terms for form in (term.name, *term.forms)}
    words = "|".join(re.escape(form) for form in sorted(by_form, key=len, reverse=True))
    pattern = re.compile(rf"(?P<literal>{_LITERAL})|(?<![\w-])(?P<form>{words})(?![\w-])", re.IGNORECASE)
    told: set[str] = set()

    def link(found: re.Match[str]) -> str:
        term = by_form.get((found["form"] or "").lower())
        if term is None or term.name in told:
            return found[0]
        told.add(term.name)
        return f'[{found[0]}]({root}glossary.md#{term.id} "{term.definition}"){{: .term }}'

    return "\n".join(pattern.sub(link, line) if is_prose else line for line, is_prose in _lines(markdown))


def _lines(markdown: str) -> Iterator[tuple[str, bool]]:
    """Each line of a page, and whether it is prose: outside of front matter, code, HTML and what stands apart."""
    lines = markdown.split("\n")
    fence, front = "", lines[0] == "---"
    for number, line in enumerate(lines):
        found = _FENCE.match(line)
        markup = line.startswith("<") and " markdown" not in line
        apart = bool(front or fence or found or markup) or line.startswith(_APART) or set(line) <= set("|-: ")
        yield line, not apart
        if front:
            front = number == 0 or line != "---"
        elif found and not fence:
            fence = found[1]
        elif found and found[1] == fence:
            fence = ""
