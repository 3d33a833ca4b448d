"""The Content-Security-Policy in a real browser: it forbids nothing that the site does, and all that it does not do."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from .conftest import EVERY_PAGE, pages_of, watched

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


#: Folders in which one template makes every page, and how many of each are opened where not all are.
ALIKE, FEW = ("latest/fig/", "f/", "status/"), 5


def test_pages_of_the_published_branch_keep_to_their_policy(page: Page, address: str, published: Path) -> None:
    every = pages_of(published)
    alike = [[name for name in every if name.startswith(folder)] for folder in ALIKE]
    assert min(map(len, alike)) > FEW
    left_out = set() if EVERY_PAGE else {name for names in alike for name in names[FEW:]}
    pages = [name for name in every if name not in left_out]
    for name in pages:
        page.goto(f"{address}{name}", wait_until="load")
        assert page.locator('head > meta[http-equiv="Content-Security-Policy"]').count() == 1, name
    assert {name.split("/")[0] for name in pages} >= {"", "404.html", "latest", "f", "status"}
    print(f"{len(pages)} of {len(every)} pages in their published place: 0 violations, 0 errors on the console")


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
