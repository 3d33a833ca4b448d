"""No number on a page is typed by hand: templates compute them, so that they follow the records."""

import re
from pathlib import Path

import jinja2
import pytest

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
PAGES = sorted(path for path in TEMPLATES.rglob("*") if path.suffix in {".jinja", ".html", ".toml"})

#: What holds digits and is no measured number: code, addresses, markup, citations, ids of claims, and names.
EXEMPT = re.compile(
    r"""
      ^(?P<fence>```|~~~).*?^(?P=fence)     # code
    | `[^`\n]*`
    | \]\([^)]*\) | https?://\S+            # targets of links
    | <style>.*?</style> | <[^>]*>          # markup
    | \{:[^}]*\} | &\#?\w+;
    | \(1[89]\d\d\) | \(20\d\d\) | \b(?:al\.|and\ [A-Z]\w+)\ (?:19|20)\d\d\b    # citations
    | \bC\d\d[ab]?\b                        # claims
    | \bL[12]\b | \bSHA-256\b | \bAVX2\b | \bx86-64\b | \bCC\ BY\ 4\.0\b
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)

#: Digits, and numbers in words that are too large to be a turn of phrase.
NUMBER = re.compile(
    r"\d+|\b(?:eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|thirty|forty|fifty|sixty|seventy"
    r"|eighty|ninety|hundreds?|thousands?|millions?|percent)\b",
    re.IGNORECASE,
)


#: An expression that is a number and nothing else prints it, so it is text.
PRINTED = re.compile(r"\{\{-?\s*[\"']?(?=[\d.]+\s*%?[\"']?\s*(?:\||-?\}\}))")


def typed_numbers(source: str, *, is_template: bool = True) -> list[str]:
    """Each number in the text between the template's expressions, as "line: number"."""
    text = source
    if is_template:
        source = PRINTED.sub("", source)
        tokens = jinja2.Environment().lex(source)
        text = "".join(value if kind == "data" else "\n" * value.count("\n") for _, kind, value in tokens)
    text = EXEMPT.sub(lambda found: "\n" * found[0].count("\n"), text)
    return [f"{line}: {found[0]}" for line, words in enumerate(text.split("\n"), 1) for found in NUMBER.finditer(words)]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_a_template_types_no_number(path: Path) -> None:
    assert typed_numbers(path.read_text(encoding="utf-8"), is_template=path.suffix != ".toml") == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("It is 3.5 times as rough.", ["1: 3", "1: 5"]),
        ("a\n\nabout 12 % of {{ runs }} runs", ["3: 12"]),
        ("{% if x == 3 %}\n64 runs{% endif %}", ["2: 64"]),
        ("some sixty-four of a hundred runs", ["1: sixty", "1: hundred"]),
        ("C21b x L3", ["1: 3"]),
        ("in 2103 runs", ["1: 2103"]),
        ("{{ x[3] }} {# 4 #} {% set x = 5 %}{{ 6 * x }}", []),
        ('{{ 7 }} {{ "8 %" }} {{ 0.9 | number }}', ["1: 7", "1: 8", "1: 0", "1: 9"]),
        ("```\n1\n```\n`2` [a](b3.md) <p id='x4'>{: #x5 } https://example.org/6", []),
        ("Gasser (1986), Cohen et al. 2021; claim C13a of L2", []),
    ],
)
def test_it_finds_numbers_and_leaves_what_is_none(source: str, found: list[str]) -> None:
    assert typed_numbers(source) == found
