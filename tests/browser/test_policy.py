"""The Content-Security-Policy in a real browser: it forbids nothing that the site does, and all that it does not do."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from generator import experiments
from generator.pages.inputs import gather
from generator.pages.report import make_report, write_report
from generator.publishing.site import build_site
from generator.publishing.versions import publish, version_site_url
from generator.settings import read_settings

from .conftest import ROOT, branch_as_files, make_repository, watched

pytestmark = pytest.mark.browser

#: What an attacker could hope to put into a page, by what the browser calls it when it refuses.
INJECTIONS = {
    "script-src-elem: inline": "<script>window.attacked = 1</script>",
    "script-src-elem: https://x.example/x.js": '<script src="https://x.example/x.js"></script>',
    "script-src-elem: data": '<script src="data:text/javascript,window.attacked = 1"></script>',
    "script-src-attr: inline": '<img src="data:image/png," alt="" onerror="window.attacked = 1">',
    "style-src-elem: inline": "<style>body { visibility: hidden }</style>",
    "style-src-attr: inline": '<p style="position: fixed; inset: 0">x</p>',
    "img-src: https://x.example/x.png": '<img src="https://x.example/x.png" alt="">',
    "frame-src: https://x.example": '<iframe src="https://x.example/"></iframe>',
    "object-src: https://x.example": '<object data="https://x.example/"></object>',
    "base-uri: https://x.example/": '<base href="https://x.example/">',
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of this checkout as release 0.1 and as its latest, with all that stands beside them."""
    root = make_repository(tmp_path_factory.mktemp("report"))
    inputs = gather(ROOT, list(experiments.load().values()), read_settings(root), "0.1")
    report = make_report(inputs, ROOT, 2, lambda *_: lambda: None)
    write_report(report, root / "build" / "docs")
    build_site(root / "build" / "docs", report.nav, root / "site", root, version_site_url(root, "0.1"))
    publish(root / "site", "0.1", root=root, alias="latest")
    return branch_as_files(root)


def test_every_page_of_the_published_branch_keeps_to_its_policy(page: Page, address: str, published: Path) -> None:
    pages = [path.relative_to(published).as_posix() for path in sorted(published.rglob("*.html"))]
    for name in pages:
        page.goto(f"{address}{name.removesuffix('index.html')}", wait_until="load")
        assert page.locator('head > meta[http-equiv="Content-Security-Policy"]').count() == 1, name
    assert {name.split("/")[0] for name in pages} >= {"index.html", "404.html", "0.1", "latest", "f"}
    print(f"{len(pages)} pages in their published place: 0 violations, 0 errors on the console")


def test_what_a_reader_does_keeps_to_the_policy(page: Page, address: str) -> None:
    page.goto(f"{address}latest/fig/fig-three-curves/")
    page.locator(".tabbed-labels label").nth(1).click()
    page.locator(".md-code__button:visible").first.click()
    page.goto(f"{address}latest/batch-size/")
    page.locator("details summary").first.click()
    page.locator("label.md-header__button[for^=__palette]:visible").click()
    page.locator(".md-version").hover()
    page.locator(".md-search__input").click()
    page.keyboard.type("xyzzy")
    expect(page.locator(".md-search-result__meta")).to_contain_text("No matching")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+A")
    page.keyboard.type("roughness")
    expect(page.locator(".md-search-result__item").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(f"{address}latest/batch-size/")


@pytest.mark.parametrize("refused", INJECTIONS)
def test_what_is_put_into_a_page_afterwards_is_blocked(browser: Browser, address: str, refused: str) -> None:
    def inject(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=response.text().replace("</article>", f"{INJECTIONS[refused]}</article>"))

    with browser.new_context() as context:
        page = context.new_page()
        page.route(f"{address}latest/", inject)
        troubles = watched(page, address)
        page.goto(f"{address}latest/", wait_until="load")
        assert page.evaluate("window.attacked") is None
        assert any(trouble.startswith(f"{refused} (") for trouble in troubles), troubles
