"""What a reader does on a page: enlarge a drawing, filter claims, copy, search, print, read with other colours."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import watched

pytestmark = pytest.mark.browser

FIGURE = "latest/fig/fig-three-curves/"


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    """A page of a small screen."""
    with browser.new_context(viewport={"width": 360, "height": 740}) as context:
        page = context.new_page()
        troubles = watched(page, address)
        yield page
        assert troubles == []


def test_a_drawing_is_enlarged_and_put_back_by_keyboard(phone: Page, address: str) -> None:
    phone.goto(f"{address}{FIGURE}")
    button = phone.get_by_role("button", name="Enlarge")
    button.focus()
    phone.keyboard.press("Enter")
    dialog = phone.get_by_role("dialog", name="Enlarged drawing")
    expect(dialog).to_be_visible()
    drawing = dialog.get_by_role("img")
    shown = phone.locator("figure > img:visible")
    expect(drawing).to_have_attribute("src", shown.get_attribute("src") or "")
    assert drawing.evaluate("image => image.width") >= 720
    # It moves by the keyboard, and nothing behind it can be reached.
    phone.keyboard.press("Tab")
    phone.keyboard.press("ArrowRight")
    ground = dialog.get_by_role("group")
    expect(ground).to_be_focused()
    phone.wait_for_function("element => element.scrollLeft > 0", arg=ground.element_handle())
    phone.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()


def test_a_drawing_is_enlarged_by_touching_it_and_closed_by_its_button(phone: Page, address: str) -> None:
    phone.goto(f"{address}latest/")
    phone.locator("figure > img:visible").first.click()
    dialog = phone.get_by_role("dialog", name="Enlarged drawing")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


def test_the_filter_leaves_the_claims_of_one_verdict(page: Page, address: str) -> None:
    page.goto(f"{address}latest/claims/")
    rows = page.locator(".claims tbody tr")
    everything = rows.count()
    shown = 0
    for button in page.get_by_role("group", name="Show claims by verdict").get_by_role("button").all()[1:]:
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        count, verdict = button.inner_text().split(" ", 1)
        visible = page.locator(".claims tbody tr:visible")
        expect(visible.first).to_be_visible()
        if count != "described":
            expect(visible).to_have_count(int(count))
            assert all(verdict in row.inner_text() for row in visible.all())
        shown += visible.count()
    assert shown == everything > 20
    page.get_by_role("button", name="all", exact=True).click()
    expect(page.locator(".claims tbody tr:visible")).to_have_count(everything)


def test_a_copy_button_copies_what_it_stands_on(browser: Browser, address: str) -> None:
    with browser.new_context(permissions=["clipboard-read", "clipboard-write"]) as context:
        page = context.new_page()
        page.goto(f"{address}{FIGURE}")
        page.locator(".md-code__button:visible").first.click()
        expect(page.locator(".md-dialog")).to_contain_text("Copied")
        copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip().startswith("https://fluctuations.example/f/")


def test_search_finds_experiments_and_figures(page: Page, address: str) -> None:
    page.goto(f"{address}latest/")
    page.keyboard.press("/")
    page.keyboard.type("saddle points")
    results = page.locator(".md-search-result__link")
    expect(results.first).to_contain_text("Saddle points")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{address}latest/saddle-points/?h=saddle+points")


def test_the_gallery_leads_to_every_figure_and_fetches_what_comes_into_view(phone: Page, address: str) -> None:
    fetched: set[str] = set()
    phone.on("request", lambda request: fetched.add(request.url) if request.url.endswith(".svg") else None)
    phone.goto(f"{address}latest/figures/", wait_until="networkidle")
    links = phone.locator(".gallery > a")
    assert links.count() > 40
    assert 0 < len(fetched) < links.count() / 2
    links.last.scroll_into_view_if_needed()
    expect(links.last.locator("img:visible")).to_have_js_property("complete", True)
    links.last.click()
    expect(phone.locator("h1")).to_be_visible()
    assert "/latest/fig/" in phone.url


def test_every_stop_of_the_keyboard_is_seen(page: Page, address: str) -> None:
    """WCAG 2.4.7: whatever has the focus, or its label, has an outline."""
    page.goto(f"{address}{FIGURE}")
    stops = []
    for _ in range(60):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => {
              const outlined = (element) => {
                const { outlineStyle, outlineWidth } = getComputedStyle(element);
                const { width, height } = element.getBoundingClientRect();
                return width * height > 0 && outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
              };
              const stop = document.activeElement;
              const label = stop.matches("input[type=radio]") ? stop.nextElementSibling : stop;
              return [stop.outerHTML.slice(0, 200), outlined(stop) || outlined(label)];
            }"""
        )
        stops.append(tuple(stop))
    assert [what for what, seen in stops if not seen] == []


def test_what_moves_holds_still_for_who_asks(browser: Browser, address: str) -> None:
    with browser.new_context(reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(f"{address}{FIGURE}")
        moving = page.evaluate(
            "[...document.querySelectorAll('*')].filter(element => {"
            " const { transitionDuration, animationName } = getComputedStyle(element);"
            " return animationName !== 'none' || transitionDuration.split(', ').some(time => parseFloat(time) > 0);"
            "}).map(element => element.className)"
        )
    assert moving == []


def test_the_first_thing_that_is_drawn_has_the_readers_colours(browser: Browser, address: str) -> None:
    with browser.new_context(color_scheme="dark") as context:
        page = context.new_page()
        # The theme's scripts come late; what is drawn before them must not be light.
        page.route("**/assets/javascripts/*", lambda route: route.abort())
        for stored, scheme in ((None, "slate"), ("(prefers-color-scheme: light)", "default")):
            if stored:
                chosen = f'{{"index": 1, "color": {{"media": "{stored}", "scheme": "default"}}}}'
                page.evaluate("chosen => localStorage.setItem('/.__palette', chosen)", chosen)
            page.goto(f"{address}latest/")
            expect(page.locator("body")).to_have_attribute("data-md-color-scheme", scheme)


def test_the_pressed_button_is_told_apart_in_a_readers_own_colours(browser: Browser, address: str) -> None:
    with browser.new_context(forced_colors="active") as context:
        page = context.new_page()
        page.goto(f"{address}latest/claims/")
        grounds = page.locator(".filter button").evaluate_all(
            "all => all.map(button => getComputedStyle(button).backgroundColor)"
        )
    assert grounds[0] not in grounds[1:]


def test_print_is_ink_on_paper_without_the_frame(browser: Browser, address: str) -> None:
    with browser.new_context(color_scheme="dark") as context:
        page = context.new_page()
        page.goto(f"{address}{FIGURE}")
        page.emulate_media(media="print")
        for frame in (".md-header", ".md-sidebar--primary", ".md-footer", ".enlarge", "img[src$='#only-dark']"):
            expect(page.locator(frame).first).to_be_hidden()
        expect(page.locator("img[src$='#only-light']").first).to_be_visible()
        colour = page.locator("h1").evaluate("heading => getComputedStyle(heading).color")
    assert colour == "rgb(31, 42, 51)"
