"""The published branch as a reader meets it: versions side by side, and nobody else is asked for anything."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from generator.publishing.site import build_site
from generator.publishing.versions import publish, version_site_url

from .conftest import branch_as_files, make_repository

pytestmark = pytest.mark.browser

NAV = [{"Answer": "index.md"}, {"Rate": "rate.md"}]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Releases 0.1 and 0.2 (the latest) and dev, as files of the published branch. 0.1 lacks a page."""
    root = make_repository(tmp_path_factory.mktemp("project"))
    docs = root / "build" / "docs"
    shutil.copytree(root / "templates" / "assets", docs / "assets")
    for version, alias in (("0.1", None), ("0.2", "latest"), ("dev", None)):
        (docs / "index.md").write_text(f"# Answer of {version}\n\nText about learning rates.\n")
        nav = NAV[:1]
        if version != "0.1":
            (docs / "rate.md").write_text(f"# Rate of {version}\n\n## Measured\n\nText.\n")
            nav = NAV
        build_site(docs, nav, root / "site", root, version_site_url(root, version))
        publish(root / "site", version, root=root, alias=alias)
    return branch_as_files(root)


def choose(page: Page, version: str) -> None:
    page.locator(".md-version").hover()
    page.locator(".md-version__link", has_text=version).click()


def test_the_root_leads_to_the_latest_release(page: Page, address: str) -> None:
    page.goto(address)
    expect(page).to_have_url(f"{address}latest/")
    expect(page.locator("h1")).to_contain_text("Answer of 0.2")
    expect(page.locator(".md-version__current")).to_contain_text("0.2")
    expect(page.locator(".md-version__current .md-version__alias")).to_have_text("latest")


def test_the_selector_lists_every_version_and_keeps_the_page(page: Page, address: str) -> None:
    page.goto(f"{address}0.2/rate/")
    expect(page.locator(".md-version__item")).to_have_count(3)
    expect(page.locator(".md-version__link")).to_have_text(["dev", "0.2latest", "0.1"])
    choose(page, "dev")
    expect(page).to_have_url(f"{address}dev/rate/")
    expect(page.locator("h1")).to_contain_text("Rate of dev")


def test_the_selector_falls_back_to_the_home_page_of_a_version_that_lacks_the_page(page: Page, address: str) -> None:
    page.goto(f"{address}latest/rate/")
    choose(page, "0.1")
    expect(page).to_have_url(f"{address}0.1/")
    expect(page.locator("h1")).to_contain_text("Answer of 0.1")


def test_only_another_version_than_the_latest_says_so(page: Page, address: str) -> None:
    banner = page.locator("[data-md-component=outdated]")
    page.goto(f"{address}0.2/rate/")
    expect(page.locator(".md-version__current")).to_be_visible()
    expect(banner).to_be_hidden()
    page.goto(f"{address}dev/rate/")
    expect(banner).to_be_visible()
    banner.get_by_role("link").click()
    expect(page).to_have_url(f"{address}latest/")


def test_search_and_the_choice_of_colours_ask_nobody_else(page: Page, address: str) -> None:
    page.goto(f"{address}0.2/")
    page.locator(".md-search__input").click()
    page.keyboard.type("measured")
    expect(page.locator(".md-search-result__item")).to_have_count(1)
    page.keyboard.press("Escape")
    for scheme in ("default", "slate"):
        page.locator("label.md-header__button[for^=__palette]:visible").click()
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", scheme)
    # The choice holds in the next version, too.
    page.goto(f"{address}dev/")
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
