"""The template layer: data comes out of a page as it went in, whatever signs it holds."""

import html
import html.parser
import json
from pathlib import Path

import markdown
import pytest
import yaml
from hypothesis import given
from jinja2 import DictLoader, UndefinedError

from generator.pages.markdown import as_json, cells, code, environment, escape, front_matter, math
from tests.hostile import FRAGMENTS, TEXTS, folded, seen

#: The extensions of mkdocs.yml that give signs a meaning.
EXTENSIONS = ["abbr", "admonition", "attr_list", "def_list", "footnotes", "md_in_html", "tables", "toc"]


class Text(html.parser.HTMLParser):
    """Collects the text and the tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag with its attributes."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text += data


def rendered(template: str, **values: object) -> Text:
    """A page's text and tags, through Jinja and Python-Markdown."""
    jinja = environment(Path())
    jinja.loader = DictLoader({"page": template})
    parsed = Text()
    parsed.feed(markdown.markdown(jinja.get_template("page").render(values), extensions=EXTENSIONS))
    return parsed


@given(TEXTS)
def test_text_comes_out_as_it_went_in(value: str) -> None:
    """In a paragraph, a heading, a list, a table and an attribute; with no tag of its own."""
    page = rendered(
        "x{{ v }}x\n\n# x{{ v }}x\n\n- x{{ v }}x\n\n| a |\n|---|\n| x{{ v }}x |\n\n<img src='' alt='x{{ v }}x'>\n",
        v=value,
    )
    lines = [folded(line) for line in page.text.split("\n") if line.strip()]
    expected = seen(f"x{value}x")
    assert lines.count(expected) == 4
    tags = [tag for tag, _ in page.tags]
    assert tags == ["p", "h1", "ul", "li", "table", "thead", "tr", "th", "tbody", "tr", "td", "p", "img"]
    assert folded(page.tags[-1][1]["alt"] or "") == expected
    assert set(page.tags[-1][1]) == {"src", "alt"}


def test_front_matter_is_one_yaml_string_without_tags() -> None:
    """The theme writes it into the page's head as it is."""
    for value in FRAGMENTS:
        title = yaml.safe_load(f"title: {front_matter(value)}")["title"]
        assert set(title).isdisjoint('<>"')
        assert folded(html.unescape(title)) == seen(value)


def test_json_in_front_matter_is_yaml_whatever_it_holds() -> None:
    """A sign that YAML refuses would turn the whole front matter into text."""
    assert yaml.safe_load(f"title: {as_json(FRAGMENTS)}")["title"] == [json.loads(as_json(text)) for text in FRAGMENTS]
    assert [folded(json.loads(as_json(text))) for text in FRAGMENTS] == [seen(text) for text in FRAGMENTS]


def test_numbers_and_markup_pass_and_nothing_else_is_trusted() -> None:
    """Markup is what our own macros return."""
    assert str(escape(3)) == "3"
    assert str(escape("a*b")) == "a&#42;b"
    assert escape(code("a.b c")) == "`a.b c`"
    assert escape(code("a`*")) == "<code>a&#96;&#42;</code>"
    assert escape(code("#!x")) == "<code>&#35;&#33;x</code>"


def test_an_unknown_name_is_an_error() -> None:
    """Not an empty place on the page."""
    with pytest.raises(UndefinedError, match="absent"):
        rendered("{{ absent }}")


def test_cells_stay_cells() -> None:
    """A value with a pipe opens no cell of its own."""
    assert str(cells(["a|b", 1.5, None])).count(" | ") == 2


def test_formulas_are_mathml() -> None:
    """Which needs no script and no other host."""
    formula = str(math(r"\sqrt{x}"))
    assert formula.startswith("<math")
    assert "msqrt" in formula
    assert "http" not in formula.replace("http://www.w3.org/1998/Math/MathML", "")
    assert json.dumps(formula)
