"""The head of a figure's page: what Zotero, search engines and programs take from it."""

import json

import pytest
import yaml
from jinja2 import DictLoader, Environment, FileSystemLoader
from selectolax.lexbor import LexborHTMLParser

from generator.citing.catalogue import Catalogue
from generator.pages.head import figure_head
from tests.citing.conftest import catalogue
from tests.publishing.conftest import ROOT

__all__ = ["catalogue"]

PAGE = "https://figures.example/docs/0.3/fig/fig-rate/"


@pytest.fixture
def head(catalogue: Catalogue) -> LexborHTMLParser:
    """The head as the theme writes it, by way of the front matter."""
    written = json.dumps(figure_head(catalogue.citation("fig-rate", "0.3"), PAGE))
    frame = {
        "base.html": "<!doctype html><head>{% block extrahead %}{% endblock %}</head>{% block outdated %}{% endblock %}"
    }
    jinja = Environment(loader=FileSystemLoader(ROOT / "templates" / "theme"), autoescape=False)
    jinja.loader = DictLoader({**frame, "main.html": (ROOT / "templates" / "theme" / "main.html").read_text()})
    page = jinja.get_template("main.html").render(
        config={"extra": {}}, page={"meta": yaml.safe_load(written)}, base_url="."
    )
    return LexborHTMLParser(page)


def names(head: LexborHTMLParser) -> dict[str, list[str | None]]:
    found: dict[str, list[str | None]] = {}
    for node in head.css("meta[name]"):
        found.setdefault(str(node.attributes["name"]), []).append(node.attributes["content"])
    return found


def test_highwire_and_dublin_core_name_the_figure(head: LexborHTMLParser) -> None:
    found = names(head)
    assert found["citation_title"] == found["DC.title"] == ["Title <of> fig-rate"]
    assert found["citation_author"] == found["DC.creator"] == ["A. Author", "B. O'Neil"]
    assert found["citation_publication_date"] == found["DC.date"] == ["2026"]
    assert found["citation_public_url"] == ["https://figures.example/docs/f/a3a3a3a3a3a3/"]
    assert found["citation_fulltext_html_url"] == [PAGE]
    assert found["DC.type"] == ["StillImage"]
    assert found["DC.identifier"] == ["https://figures.example/docs/f/a3a3a3a3a3a3/", f"sha256:{'a3' * 32}"]


def test_links_lead_to_the_lasting_address_and_to_the_citations(head: LexborHTMLParser) -> None:
    links = {
        (node.attributes["rel"], node.attributes["href"]): node.attributes.get("type") for node in head.css("link")
    }
    assert links == {
        ("cite-as", "https://figures.example/docs/f/a3a3a3a3a3a3/"): None,
        ("alternate item", "fig-rate.bib"): "application/x-bibtex",
        ("alternate item", "fig-rate.csl.json"): "application/vnd.citationstyles.csl+json",
        ("alternate item", "fig-rate.csv"): "text/csv",
        ("alternate item", "fig-rate.json"): "application/json",
    }


def test_json_ld_describes_image_and_data(head: LexborHTMLParser) -> None:
    (script,) = head.css("script")
    assert script.attributes["type"] == "application/ld+json"
    told = json.loads(script.text())
    assert (told["@type"], told["name"]) == ("ImageObject", "Title <of> fig-rate")
    assert told["@id"] == "https://figures.example/docs/f/a3a3a3a3a3a3/"
    assert told["contentUrl"] == f"{told['@id']}fig-rate.svg"
    assert told["isBasedOn"]["distribution"]["contentUrl"] == f"{told['@id']}fig-rate.csv"
    assert [author["name"] for author in told["author"]] == ["A. Author", "B. O'Neil"]


def test_a_page_that_is_no_figure_says_nothing_of_this() -> None:
    jinja = Environment(loader=DictLoader({"base.html": "{% block extrahead %}{% endblock %}"}))
    source = (ROOT / "templates" / "theme" / "main.html").read_text()
    page = jinja.from_string(source).render(config={"extra": {}}, page={"meta": {"title": "x"}}, base_url=".")
    assert page.split() == ["<meta", 'name="color-scheme"', 'content="light', 'dark">']
    hidden = jinja.from_string(source).render(config={"extra": {"noindex": True}}, page=None, base_url=".")
    assert '<meta name="robots" content="noindex">' in hidden
