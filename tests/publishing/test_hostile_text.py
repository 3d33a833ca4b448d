"""Hostile texts by the thousand through the templates and MkDocs: each comes out as it went in, wherever it stands."""

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from jinja2 import DictLoader
from selectolax.lexbor import LexborHTMLParser, LexborNode

from generator.pages.markdown import environment, unescaped_by_theme
from generator.publishing.site import build_site
from tests.hostile import COUNT, folded, hostile_texts, seen

from .conftest import make_project

pytestmark = pytest.mark.slow

PER_PAGE = 500

#: Between the texts of a title.
SEPARATOR = " 00000 "

#: Every place in which a page may put a text.
TEMPLATE = """---
title: {{ texts | join(separator) | front_matter }}
description: {{ texts | join(separator) | front_matter }}
---

# {{ texts | join(separator) }} {: #page }

{% for text in texts %}
## {{ text }} {: #text-{{ loop.index }} }

{{ text }}

- {{ text }}

> {{ text | code }}

1. [{{ text }}](index.md) ![{{ text }}](drawing.svg)

| {{ text }} |
|---|
| {{ text }} |

<figure><img src="../drawing.svg" alt="{{ text }}"><figcaption>{{ text }}</figcaption></figure>

??? note "More"

    **{{ text }}**

{% endfor %}
"""

#: Where those places are on the built page: what holds the text and nothing else.
PLACES = {
    "heading": "article h2",
    "paragraph": "article > p",
    "list": "article ul li",
    "link": "article ol li a",
    "code": "article blockquote code",
    "table head": "article th",
    "table": "article td",
    "caption": "article figcaption",
    "note": "article details strong",
    "table of contents": ".md-sidebar--secondary a .md-ellipsis",
}

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg"/>'


def batches() -> Iterator[tuple[str, ...]]:
    texts = hostile_texts()
    yield from (texts[start : start + PER_PAGE] for start in range(0, COUNT, PER_PAGE))


def page_of(texts: Sequence[str]) -> str:
    jinja = environment(Path())
    jinja.loader = DictLoader({"page": TEMPLATE})
    return jinja.get_template("page").render(texts=texts, separator=SEPARATOR)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A harmless page, and one of each batch between two more of those."""
    project = make_project(tmp_path_factory.mktemp("hostile") / "project")
    docs = project / "build" / "docs"
    shutil.copytree(project / "templates" / "assets", docs / "assets")
    (docs / "drawing.svg").write_text(DRAWING)
    nav = []
    harmless = tuple(f"harmless{number}" for number in range(PER_PAGE))
    for number, texts in enumerate([harmless, harmless, *batches(), harmless]):
        (docs / f"page{number}.md").write_text(page_of(texts))
        nav.append({unescaped_by_theme(SEPARATOR.join(texts)): f"page{number}.md"})
    (docs / "index.md").write_text("# Home\n")
    build_site(docs, [{"Home": "index.md"}, *nav], project / "site", project)
    return project / "site"


def read(site: Path, number: int) -> LexborHTMLParser:
    """A built page, without the signs that link to its headings."""
    page = LexborHTMLParser((site / f"page{number}" / "index.html").read_bytes())
    for link in page.css("a.headerlink"):
        link.decompose()
    return page


def skeleton(page: LexborHTMLParser) -> Counter[tuple[str, ...]]:
    """How often the page has each element, by its name and those of its attributes."""
    nodes = page.root.traverse(include_text=False) if page.root else ()
    return Counter((str(node.tag), *sorted(node.attributes)) for node in nodes)


def read_text(markup: str) -> str:
    """The text of a piece of a page."""
    return folded(LexborHTMLParser(markup).text())


def texts_of(nodes: Sequence[LexborNode]) -> list[str]:
    return [folded(node.text()) for node in nodes]


def test_every_text_comes_out_as_it_went_in_and_adds_no_element(site: Path) -> None:
    harmless = skeleton(read(site, 1))
    for number, texts in enumerate(batches(), start=2):
        page, expected = read(site, number), [seen(text) for text in texts]
        assert skeleton(page) == harmless
        for place, selector in PLACES.items():
            assert texts_of(page.css(selector)) == expected, place
        for image in ("article figure img", "article ol img"):
            assert [folded(node.attributes["alt"] or "") for node in page.css(image)] == expected, image
    print(f"{COUNT} texts in {len(PLACES) + 2} places: 0 differ, 0 foreign elements")


def test_a_title_comes_out_as_it_went_in_wherever_the_theme_puts_it(site: Path) -> None:
    titles = [seen(SEPARATOR.join(texts)) for texts in batches()]
    pages = [read(site, number) for number in range(2, len(titles) + 2)]
    before = [read(site, 1), *pages[:-1]]
    home = LexborHTMLParser((site / "index.html").read_bytes())
    found: dict[str, Sequence[str | None]] = {
        "title": [
            folded(text.removesuffix(" - Fluctuations")) for page in pages for text in texts_of(page.css("title"))
        ],
        "description": [page.css('meta[name="description"]')[0].attributes["content"] for page in pages],
        "heading": [text for page in pages for text in texts_of(page.css("article h1"))],
        "header": [texts_of(page.css(".md-header__topic .md-ellipsis"))[1] for page in pages],
        "navigation": texts_of(home.css(".md-nav--primary li a .md-ellipsis"))[3:-1],
        "next page": [text for page in before for text in texts_of(page.css(".md-footer__link--next .md-ellipsis"))],
    }
    for place, texts in found.items():
        assert [folded(text or "") for text in texts] == titles, place


def test_the_search_index_holds_every_text_as_it_went_in(site: Path) -> None:
    entries = json.loads((site / "search" / "search_index.json").read_bytes())["docs"]
    for number, texts in enumerate(batches(), start=2):
        found = [entry for entry in entries if entry["location"].startswith(f"page{number}/#")]
        expected = [seen(text) for text in texts]
        assert [read_text(entry["title"]) for entry in found] == expected
        # All but the two alternative texts.
        assert [read_text(entry["text"]) for entry in found] == [" ".join([*[t] * 7, "More", t]) for t in expected]
        elements = Counter(tag for entry in found for tag in re.findall(r"<(\w+)>", entry["text"]))
        assert elements == {"p": 3 * PER_PAGE, "ul": PER_PAGE, "ol": PER_PAGE, "li": 2 * PER_PAGE, "code": PER_PAGE}
