"""The bundle as a reader meets it who has nothing but its folder."""

import io
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from generator.citing.citations import citation_file
from generator.publishing.bundle import make_bundle
from generator.publishing.site import build_site
from generator.publishing.tree import published_files
from generator.settings import read_settings

from .conftest import ROOT, make_repository

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An unpacked bundle of two pages."""
    root = make_repository(tmp_path_factory.mktemp("project"))
    settings = read_settings(root)
    docs = root / "build" / "docs"
    files = {
        "index.md": "# Answer\n\nSee [the rate](rate.md).\n",
        "rate.md": "# Rate\n\n## Measured\n\nText about learning.\n",
        "figures.json": '{"figures": []}',
        "CITATION.cff": citation_file(settings, "0.1", "2026-11-24"),
        **{f"assets/{path.name}": path.read_text() for path in (root / "templates" / "assets").iterdir()},
    }
    for name, content in files.items():
        (docs / name).parent.mkdir(parents=True, exist_ok=True)
        (docs / name).write_text(content)
    build_site(docs, [{"Answer": "index.md"}, {"Rate": "rate.md"}], root / "site", root)
    site = {name: path.read_bytes() for name, path in published_files(root / "site").items()}
    with zipfile.ZipFile(io.BytesIO(make_bundle(site, ROOT, settings, "0.1"))) as made:
        made.extractall(root / "unpacked")
    return root / "unpacked" / "fluctuations-0.1"


def test_pages_and_search_work_without_a_server(browser: Browser, folder: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    elsewhere: list[str] = []
    page.on(
        "request", lambda request: None if request.url.startswith(("file:", "data:")) else elsewhere.append(request.url)
    )
    page.on("pageerror", lambda error: elsewhere.append(str(error)))
    page.goto((folder / "index.html").as_uri())
    page.locator("article").get_by_role("link", name="the rate").click()
    expect(page).to_have_url((folder / "rate" / "index.html").as_uri())
    page.locator(".md-search__input").click()
    page.keyboard.type("answer")
    result = page.locator(".md-search-result__link").first
    expect(result).to_contain_text("Answer")
    result.click()
    expect(page.locator("h1")).to_contain_text("Answer")
    assert page.url.startswith((folder / "index.html").as_uri())
    context.close()
    assert elsewhere == []
