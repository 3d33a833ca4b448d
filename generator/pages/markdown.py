"""The template layer: Jinja2 to Markdown, where text that comes from data comes out as it went in."""

import functools
import html
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from latex2mathml.converter import convert
from markupsafe import Markup

from generator.citing.citations import Citation, formatted
from generator.errors import GeneratorError
from generator.pages import wording
from generator.pages.bars import ratio_bar
from generator.pages.outlook import outlook, seconds_an_experiment
from generator.pages.runs import middle, middle_ratio, scatter, trend
from generator.pages.tags import related, tags_of
from generator.records.record import QUANTILES
from generator.stats.inference import EQUIVALENCE_ERROR, ERROR
from generator.stats.roughness import second_difference_sd_error
from generator.text import shown

_TARGET = re.compile(r"[A-Za-z0-9._~:/?#%=&-]*")
_WORDS = re.compile(r"[A-Za-z0-9._-]+(?: [A-Za-z0-9._-]+)*")
_SPACES = re.compile(r"^ +| +$| {2,}")
_BACKTICKS = re.compile("`+")

#: How the forms of a citation are coloured.
_LANGUAGES = {"text": "text", "bibtex": "bibtex", "csl": "json", "markdown": "markdown", "html": "html"}


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
    made.globals.update(
        math=math,
        badges=wording.BADGES,
        error=ERROR,
        equivalence_error=EQUIVALENCE_ERROR,
        band=f"{100 * QUANTILES[0]:g} to {100 * QUANTILES[-1]:g} %",
        level=wording.percent(1 - ERROR),
        equivalence_level=wording.percent(1 - EQUIVALENCE_ERROR),
    )
    for name in (
        "number",
        "size",
        "effect",
        "interval",
        "limits",
        "spread",
        "times",
        "p_value",
        "margin",
        "metric",
        "curve",
        "percent",
        "condition_table",
        "lines",
        "described",
        "parameters",
    ):
        made.filters[name] = getattr(wording, name)
    made.filters.update(outlook=outlook, seconds_an_experiment=seconds_an_experiment)
    made.filters.update(ratio_bar=ratio_bar, roughness_error=second_difference_sd_error)
    made.filters.update(related=related, tags_of=tags_of)
    made.filters.update(middle=middle, middle_ratio=middle_ratio, scatter=scatter, trend=trend)
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

    Jinja's own escaping knows HTML only; here `*`, `|`, `{` and the like must lose their meaning too, and so must
    spaces that would begin a code block or break a line.
    """
    if value is None or hasattr(value, "__html__"):
        return value
    literal = "".join(_literal(character) for character in shown(str(value)))
    return Markup(_SPACES.sub(lambda spaces: "&#32;" * len(spaces[0]), literal))


def _shown_throughout(value: Any) -> Any:
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, Mapping):
        return {name: _shown_throughout(item) for name, item in value.items()}
    return [_shown_throughout(item) for item in value] if isinstance(value, Sequence) else value


def code(value: str) -> Markup:
    """A value as code in a line; between backticks where none of its signs could mean anything there."""
    return Markup(f"`{value}`" if _WORDS.fullmatch(value) else f"<code>{escape(value)}</code>")


def target(value: str) -> Markup:
    """The target of a link: an address or path of our own, with none of the signs that could end it."""
    if not _TARGET.fullmatch(value):
        raise GeneratorError(f"expected an address of plain signs, found {value!r}")
    return Markup(value)


def front_matter(value: str) -> Markup:
    """A value in a page's front matter."""
    return as_json(unescaped_by_theme(value))


def unescaped_by_theme(value: str) -> str:
    """A text for the navigation or a page's head, where the theme takes it for HTML."""
    return html.escape(shown(value))


def as_json(value: Any) -> Markup:
    """A value as JSON, which is YAML too, as long as its texts have no sign that YAML refuses."""
    return Markup(json.dumps(_shown_throughout(value), ensure_ascii=False))


def cells(row: Sequence[Any]) -> Markup:
    """The cells of a table's row, numbers as they stand in the record."""
    return Markup(" | ".join(escape("" if cell is None else cell) for cell in row))


def cited(citation: Citation, form: str) -> Markup:
    """A citation as a code block, which takes everything literally up to a fence as long as its own."""
    lines = [shown(line) for line in formatted(citation, form).rstrip().split("\n")]
    fence = "`" * max([3, *(len(run) + 1 for line in lines for run in _BACKTICKS.findall(line))])
    return Markup("\n".join([f"{fence}{_LANGUAGES[form]}", *lines, fence]))


@functools.cache
def math(latex: str) -> Markup:
    """A formula as MathML, which browsers show without any script."""
    return Markup(convert(latex, display="block"))


def _literal(character: str) -> str:
    if character == " " or (not character.isspace() and (character.isalnum() or not character.isascii())):
        return character
    return f"&#{ord(character)};"
