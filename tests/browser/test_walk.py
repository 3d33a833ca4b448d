"""Pages as readers meet them, in both colour schemes and on small and large screens.

Page by page: errors, requests to other hosts, overflow, images, layout shifts, downloads of what is not shown, and all
that axe-core finds. By default a page of each kind in two views; with FLUCTUATIONS_PAGES=every every page in all six.
"""

from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from .conftest import EVERY_PAGE, pages_of, watched

pytestmark = pytest.mark.browser

ALL_VIEWS = [(scheme, width) for scheme in ("light", "dark") for width in (360, 768, 1440)]
VIEWS = ALL_VIEWS if EVERY_PAGE else [("light", 360), ("dark", 1440)]

#: A page of each kind.
KINDS = (
    "404.html",
    "latest/",
    "latest/batch-size/",
    "latest/cite/",
    "latest/claims/",
    "latest/explorer/",
    "latest/fig/fig-three-curves/",
    "latest/figures/",
    "latest/find/",
    "latest/glossary/",
    "latest/ground-truths/",
    "latest/methods/",
    "status/fig-three-curves/",
)

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text()
AXE_OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
}

#: What a layout may shift by while a page loads (cumulative layout shift).
MOST_SHIFT = 0.01

#: The width that the smallest text of a figure needs to be nine pixels high.
LEAST_FIGURE_WIDTH = 360

#: What is wrong with the page as it is laid out, in words.
LOOK = """async () => {
  const found = [];
  const root = document.documentElement;
  if (root.scrollWidth > innerWidth) found.push(`${root.scrollWidth - innerWidth} pixels too wide`);
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  for (const { name } of performance.getEntriesByType("resource"))
    if (/fig-[^/]*\\.svg(#|$)/.test(name) && name.includes("-dark.svg") !== dark) found.push(`loaded in vain: ${name}`);
  for (const image of [...document.images].filter((image) => image.offsetParent)) {
    image.loading = "eager";
    await image.decode().catch(() => found.push(`broken image: ${image.src}`));
  }
  return found;
}"""

SHIFTS = """() => {
  window.shift = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.shift += entry.value)))
    .observe({ type: "layout-shift", buffered: true });
}"""


def visit(page: Page, address: str, name: str, troubles: list[str]) -> Iterator[str]:
    """All that is wrong with one page in the view that the browser has."""
    troubles.clear()
    page.goto(f"{address}{name}", wait_until="networkidle")
    yield from page.evaluate(LOOK)
    if (shift := page.evaluate("window.shift")) > MOST_SHIFT:
        yield f"layout shifts by {shift:.3f}"
    yield from violations(page)
    yield from troubles


def violations(page: Page) -> Iterator[str]:
    """What axe-core finds on a page."""
    # Through the debugger, as the page's policy lets nobody put a script into it.
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", AXE_OPTIONS)
    for rule in found["violations"]:
        for node in rule["nodes"]:
            yield f"axe {rule['id']}: {node['html'][:120]}"


@pytest.mark.parametrize(("scheme", "width"), VIEWS)
def test_pages_are_whole_and_open_to_everybody(
    browser: Browser, address: str, published: Path, scheme: str, width: int
) -> None:
    names = pages_of(published)
    assert set(KINDS) <= set(names)
    walked = names if EVERY_PAGE else KINDS
    with browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme) as context:
        page = context.new_page()
        page.add_init_script(f"({SHIFTS})()")
        troubles = watched(page, address)
        found = {name: problems for name in walked if (problems := list(visit(page, address, name, troubles)))}
    count = sum(map(len, found.values()))
    print(
        f"{len(walked)} of {len(names)} pages in {scheme} at {width} pixels: {count} problems", *found.items(), sep="\n"
    )
    assert found == {}


def test_text_in_figures_is_large_enough_on_a_phone(browser: Browser, address: str, published: Path) -> None:
    """The smallest text of a figure is nine pixels high where it is shown at this width (tests/figures)."""
    narrow = {}
    with browser.new_context(viewport={"width": 360, "height": 800}) as context:
        page = context.new_page()
        for name in pages_of(published) if EVERY_PAGE else KINDS:
            page.goto(f"{address}{name}")
            widths = page.locator("figure > img:visible, picture > img").evaluate_all("all => all.map(i => i.width)")
            narrow[name] = [width for width in widths if width < LEAST_FIGURE_WIDTH]
    assert {name: widths for name, widths in narrow.items() if widths} == {}


@pytest.mark.parametrize(("name", "most"), [("latest/", 250_000), ("latest/batch-size/", 400_000)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_first_view_is_light(browser: Browser, address: str, name: str, most: int, scheme: str) -> None:
    with browser.new_context(viewport={"width": 360, "height": 800}, color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(f"{address}{name}", wait_until="networkidle")
        transferred = page.evaluate(
            "['navigation', 'resource'].flatMap(type => performance.getEntriesByType(type))"
            ".reduce((sum, entry) => sum + entry.transferSize, 0)"
        )
    print(f"{name} in {scheme}: {transferred} bytes")
    assert 0 < transferred <= most
