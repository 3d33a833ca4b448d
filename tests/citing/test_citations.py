"""Citations: each format is read back by the library that its users have."""

import dataclasses
import hashlib
import json
import warnings
from importlib.resources import files
from pathlib import Path

import jsonschema
import markdown
import pytest
import yaml
from citeproc import Citation as CitationCore
from citeproc import CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from pybtex.database import parse_string

from generator.citing.citations import FORMATS, Citation, citation_file, digest_of_table, formatted
from generator.errors import UnknownNameError
from generator.settings import Licence, Settings
from tests.hostile import FRAGMENTS

ROOT = Path(__file__).resolve().parents[2]

SETTINGS = Settings(
    name="A {Site} & more",
    description="d",
    address="https://site.example/",
    authors=("The Authors", "B. O'Neil"),
    code_licence=Licence(name="MIT", url="https://mit.example"),
    content_licence=Licence(name="CC BY 4.0", url="https://cc.example"),
)


@pytest.fixture
def citation() -> Citation:
    """A figure's citation, with signs that the formats must not trip over."""
    return citation_of(b"a,b\n1,2\n")


def citation_of(table: bytes) -> Citation:
    return Citation(
        id="fig-a",
        title='How "rough" is 50 % & more?',
        alt="x < y | *z*",
        caption="A [caption].",
        version="0.1",
        year=2026,
        data=digest_of_table(table),
        settings=SETTINGS,
    )


def test_the_address_is_made_from_the_data(citation: Citation) -> None:
    """Twelve digits of the table's SHA-256."""
    digest = hashlib.sha256(b"a,b\n1,2\n").hexdigest()
    assert citation.url == f"https://site.example/f/{digest[:12]}/"
    assert citation_of(b"a,b\n1,3\n").url != citation.url


def test_text_names_everything(citation: Citation) -> None:
    """Authors, year, title, figure, site, version, address."""
    told = formatted(citation, "text")
    for part in ("The Authors, B. O'Neil", "2026", citation.title, "fig-a", SETTINGS.name, "version 0.1", citation.url):
        assert part in told


def test_bibtex_is_read_back(citation: Citation) -> None:
    """By pybtex, with one entry and its fields."""
    entries = parse_string(formatted(citation, "bibtex"), "bibtex").entries
    assert list(entries) == ["fig-a"]
    assert entries["fig-a"].fields["url"] == citation.url
    assert entries["fig-a"].fields["year"] == "2026"
    assert len(entries["fig-a"].persons["author"]) == 2


def test_bibtex_takes_any_title(citation: Citation) -> None:
    """Braces come in pairs, whatever the title; TeX shows its signs and runs none of its commands."""
    for title in (*FRAGMENTS, "}{"):
        entries = parse_string(formatted(dataclasses.replace(citation, title=title), "bibtex"), "bibtex").entries
        assert list(entries) == ["fig-a"], title
    written = formatted(dataclasses.replace(citation, title="a{b \\c $d^e"), "bibtex")
    assert r"{a\textbraceleft{}b \textbackslash{}c \$d\textasciicircum{}e}" in written


def test_csl_is_a_figure(citation: Citation) -> None:
    """With the required fields of CSL-JSON and what a figure needs."""
    (item,) = json.loads(formatted(citation, "csl"))
    assert (item["id"], item["type"], item["URL"]) == ("fig-a", "figure", citation.url)
    assert item["issued"] == {"date-parts": [[2026]]}


def reference(item: str) -> str:
    """A list of references with one CSL-JSON item, as citeproc-py makes it in its own style."""
    with warnings.catch_warnings():
        # It knows fewer fields than the schema has.
        warnings.simplefilter("ignore", UserWarning)
        source = CiteProcJSON(json.loads(item))
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, source, formatter.plain)
    bibliography.register(CitationCore([CitationItem(json.loads(item)[0]["id"])]))
    (rendered,) = (str(entry) for entry in bibliography.bibliography())
    return rendered


def test_csl_is_rendered(citation: Citation) -> None:
    """With every part that a reference needs."""
    rendered = reference(formatted(citation, "csl"))
    for part in ("The Authors", "O'Neil", "2026", "50 % & more?", SETTINGS.name, citation.url):
        assert part in rendered


@pytest.mark.parametrize(
    "written",
    [citation_file(SETTINGS, "0.1", "2026-11-24"), (ROOT / "CITATION.cff").read_text()],
    ids=["of a version", "of the project"],
)
def test_citation_files_are_valid(written: str) -> None:
    """By the schema of the Citation File Format."""
    schema = files("check_jsonschema") / "builtin_schemas" / "vendor" / "citation-file-format.json"
    document = json.loads(json.dumps(yaml.safe_load(written), default=str))
    jsonschema.validate(document, json.loads(schema.read_text()), format_checker=jsonschema.FormatChecker())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "authors": []}, json.loads(schema.read_text()))


def test_html_holds_text_as_text(citation: Citation) -> None:
    """Signs of the title do not become tags."""
    told = formatted(citation, "html")
    assert "&quot;rough&quot;" in told
    assert 'alt="x &lt; y | *z*"' in told
    assert "A [caption]. The Authors" in told


def test_markdown_shows_what_html_shows(citation: Citation) -> None:
    """Read by Python-Markdown, with all of the text and no emphasis of its own."""
    page = markdown.markdown(formatted(citation, "markdown"))
    assert f'<a href="{citation.url}"><img alt="x &lt; y | *z*" src="{citation.image}" /></a>' in page
    assert "<p>A [caption].</p>" in page
    assert page.count("<em>") == 1


def test_unknown_formats_are_named(citation: Citation) -> None:
    """With the nearest."""
    assert set(FORMATS) == {"text", "bibtex", "csl", "markdown", "html"}
    with pytest.raises(UnknownNameError, match="did you mean 'bibtex'"):
        formatted(citation, "bibtxt")
