"""Headings in words that come from data have anchors that do not: theirs could be one that the theme uses itself."""

import re
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "pages"

#: All but what is also told outside the site, where headings have no anchors.
PAGES = sorted(page for page in TEMPLATES.rglob("*.md.jinja") if page.name != "_changes.md.jinja")


def test_a_heading_of_data_has_an_anchor_of_its_own() -> None:
    headings = [line for page in PAGES for line in re.findall(r"^#+ .*$", page.read_text(), re.MULTILINE)]
    of_data = [heading for heading in headings if "{{" in heading]
    assert len(of_data) > 10
    assert [heading for heading in of_data if "{: #" not in heading] == []
