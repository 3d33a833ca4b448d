"""Frozen pages say what is known today: a script fetches it, and without one a link leads to it."""

import hashlib
import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from generator.publishing.site import build_site
from generator.publishing.versions import publish, version_site_url

from .conftest import branch_as_files, make_repository

pytestmark = pytest.mark.browser

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9"/></svg>'
TABLES = {"0.1": "a,b\nx,1\n", "0.2": "a,b\nx,2\n"}


def numbers(version: str) -> str:
    return hashlib.sha256(TABLES[version].encode()).hexdigest()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases with a figure each, the second with other numbers."""
    root = make_repository(tmp_path_factory.mktemp("project"))
    for version, table in TABLES.items():
        about = {"id": "fig-a", "title": "A", "alt": "a line", "caption": "A line.", "year": 2026}
        link = (
            '<a href="https://fluctuations.example/status/fig-a/" data-status-of="fig-a" data-root="../" '
            f'data-numbers="{numbers(version)}" data-version="{version}">Do these numbers still hold?</a>'
        )
        files = {
            "index.md": f"# Answer of {version}\n\n<p>{link}</p>\n",
            "figures.json": json.dumps({"figures": [about]}),
            "fig/fig-a/fig-a.csv": table,
            "fig/fig-a/fig-a.svg": DRAWING,
            "fig/fig-a/fig-a-dark.svg": DRAWING,
            **{f"assets/{path.name}": path.read_text() for path in (root / "templates" / "assets").iterdir()},
        }
        for name, content in files.items():
            path = root / "build" / "docs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        build_site(root / "build" / "docs", [{"A": "index.md"}], root / "site", root, version_site_url(root, version))
        publish(root / "site", version, root=root, alias="latest")
    return branch_as_files(root)


def test_each_version_says_how_it_stands(page: Page, address: str) -> None:
    superseded = "Status: superseded by 0.2; 0.2 changed 1 of 2 values, the most b in x: 1 to 2"
    link = page.locator("[data-status-of]")
    for path, told in {
        "0.1/": superseded,
        f"f/{numbers('0.1')[:12]}/": superseded,
        "0.2/": "Status: current",
        "latest/": "Status: current",
        f"f/{numbers('0.2')[:12]}/": "Status: current",
    }.items():
        page.goto(f"{address}{path}")
        expect(link).to_have_text(told)


def test_the_lasting_page_leads_to_the_status_page(page: Page, address: str) -> None:
    page.goto(f"{address}f/{numbers('0.1')[:12]}/")
    page.locator("[data-status-of]").click()
    expect(page).to_have_url(f"{address}status/fig-a/")
    expect(page.get_by_role("row")).to_have_count(3)
    expect(page.get_by_role("row").nth(2)).to_contain_text("superseded by 0.2")


def test_without_a_script_the_link_stays(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}0.1/")
    expect(page.locator("[data-status-of]")).to_have_text("Do these numbers still hold?")
    expect(page.locator("[data-status-of]")).to_have_attribute("href", "https://fluctuations.example/status/fig-a/")
    context.close()
