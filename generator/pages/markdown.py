"""The template layer: Jinja2 to Markdown, where text that comes from data comes out as it went in."""

import functools
import html
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from latex2mathml.converter import convert
from markupsafe import Markup

from generator.citing.citations import Citation, formatted
from generator.errors import GeneratorError
from generator.pages import wording

_TARGET = re.compile(r"[A-Za-z0-9._~:/?#%=&-]*")


def environment(templates: Path) -> Environment:
    """The environment of all page templates; an unknown name is an error, every value is escaped by `escape`."""
    made = Environment(
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=escape,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals.update(math=math, badges=wording.BADGES)
    for name in (
        "number",
        "effect",
        "interval",
        "limits",
        "spread",
        "times",
        "p_value",
        "margin",
        "metric",
        "condition",
        "lines",
    ):
        made.filters[name] = getattr(wording, name)
    for name in ("described", "parameters"):
        made.filters[name] = getattr(wording, name)
    made.filters.update(code=code, target=target, front_matter=front_matter, json=as_json, cells=cells, cited=cited)
    return made


def render(jinja: Environment, names: Sequence[str], values: Mapping[str, Any]) -> str:
    """The first of these templates that exists, filled in."""
    try:
        return jinja.select_template(list(names)).render(values)
    except TemplateError as error:
        raise GeneratorError(f"template {names[0]}: expected it to render, found: {error}") from error


def escape(value: Any) -> Any:
    """Make a value literal in Markdown: every ASCII sign is written as a character reference.

    Jinja's own escaping knows HTML only; here `*`, `|`, `{` and the like must lose their meaning too. Control
    characters, which no page can show, become U+FFFD.
    """
    if value is None or hasattr(value, "__html__"):
        return value
    return Markup("".join(_literal(character) for character in str(value)))


def code(value: str) -> Markup:
    """A value inside a code span, which takes everything but a backtick literally."""
    return Markup(f"`{value.replace('`', chr(0x2019))}`")


def target(value: str) -> Markup:
    """The target of a link: an address or path of our own, with none of the signs that could end it."""
    if not _TARGET.fullmatch(value):
        raise GeneratorError(f"expected an address of plain signs, found {value!r}")
    return Markup(value)


def front_matter(value: str) -> Markup:
    """A value in a page's front matter; the theme puts it into the page's head without escaping it."""
    return as_json(html.escape(value))


def as_json(value: Any) -> Markup:
    """A value as JSON, which is YAML too."""
    return Markup(json.dumps(value, ensure_ascii=False))


def cells(row: Sequence[Any]) -> Markup:
    """The cells of a table's row, numbers as they stand in the record."""
    return Markup(" | ".join(escape("" if cell is None else cell) for cell in row))


def cited(citation: Citation, form: str) -> Markup:
    """A citation for a code block, which takes everything literally."""
    return Markup(formatted(citation, form).rstrip())


@functools.cache
def math(latex: str) -> Markup:
    """A formula as MathML, which browsers show without any script."""
    return Markup(convert(latex, display="block"))


def _literal(character: str) -> str:
    if character == " " or (character.isascii() and character.isalnum()):
        return character
    if character == "\n":
        return " "
    if character.isprintable() or unicodedata.category(character) == "Zs":
        return f"&#{ord(character)};" if character.isascii() else character
    return "\N{REPLACEMENT CHARACTER}"
