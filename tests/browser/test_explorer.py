"""The explorer in a real browser: by keyboard, from an address, and without JavaScript."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from generator.stats.smoothing import moving_average

from .conftest import ROOT

pytestmark = pytest.mark.browser

PLACE = "0.1/explorer/"


@pytest.fixture
def opened(page: Page, address: str) -> Page:
    page.goto(f"{address}{PLACE}")
    expect(told(page, "roughness")).to_contain_text("nats")
    return page


def told(page: Page, key: str) -> Locator:
    return page.locator(f'[data-told="{key}"]')


def drawn(page: Page, line: str = "run") -> str:
    return page.locator(f".explorer-chart path.{line}").get_attribute("d") or ""


def shown(published: Path, setting: str) -> Any:
    return json.loads((published / PLACE / f"{setting}.json").read_text())


def test_the_keyboard_moves_every_control_and_curve_and_words_follow(opened: Page, published: Path) -> None:
    page, seen = opened, {drawn(opened)}
    page.get_by_role("slider", name="Learning rate").focus()
    page.keyboard.press("ArrowRight")
    expect(told(page, "roughness")).to_have_text(
        f"{shown(published, '0.1-8')['curves']['step_loss']['smoothed']['0']['roughness'][0]} nats"
    )
    seen.add(drawn(page))
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    setting = shown(published, "0.1-800")
    expect(told(page, "end")).to_have_text(f"{setting['end'][0]} nats")
    seen.add(drawn(page))
    page.keyboard.press("Tab")
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    found = setting["curves"]["step_loss"]["smoothed"]["0.9"]
    expect(told(page, "ratio")).to_have_text(f"× {found['ratio'][0]}")
    expect(told(page, "meaning")).to_have_text(found["meaning"])
    expect(told(page, "verdict")).to_contain_text(f"{found['verdict']}; not registered")
    expect(told(page, "end")).to_have_text(f"{setting['end'][0]} nats")
    seen.add(drawn(page))
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".explorer-chart")).to_have_accessible_name(
        "training loss as printed of one run at learning rate 0.1, batch size 800, smoothing 0.9"
    )
    seen.add(drawn(page))
    assert len(seen) == 5
    assert page.url.endswith("#rate=0.1&batch=800&smoothing=0.9&curve=loss")
    assert page.get_by_role("slider", name="Batch size").get_attribute("aria-valuetext") == "800"


def test_an_address_opens_what_it_names(page: Page, address: str, published: Path) -> None:
    page.goto(f"{address}{PLACE}#rate=1&batch=32&smoothing=0.95&curve=val_loss")
    curve = shown(published, "1-32")["curves"]["val_loss"]
    expect(told(page, "roughness")).to_have_text(f"{curve['smoothed']['0.95']['roughness'][0]} nats")
    expect(page.get_by_role("radio", name="validation loss")).to_be_checked()
    page.goto(f"{address}{PLACE}#rate=0.001&batch=32&smoothing=7&curve=nothing")
    expect(told(page, "meaning")).to_have_text("none")
    expect(page.locator(".explorer-chart path.reference")).to_have_count(0)
    assert page.evaluate("document.querySelector('[name=smoothing]').value") == "4"


def test_the_drawn_line_is_the_moving_average_of_the_record(opened: Page, published: Path) -> None:
    """The browser's own average of random curves, and the last pixel of the line, against Python's."""
    script = (ROOT / "templates" / "assets" / "explorer.js").read_text()
    (average,) = re.findall(r"const movingAverage = (\(.*?\n  });", script, re.DOTALL)
    curve = np.random.default_rng(7).normal(size=80)
    for smoothing in (0.0, 0.6, 0.98):
        computed = opened.evaluate(
            f"([values, smoothing]) => ({average})(values, smoothing)", [curve.tolist(), smoothing]
        )
        np.testing.assert_allclose(computed, moving_average(curve, smoothing), rtol=1e-12)
    opened.goto(f"{opened.url.split('#')[0]}#rate=0.01&batch=8&smoothing=0.9&curve=loss")
    expect(told(opened, "meaning")).to_have_text("rougher")
    data = shown(published, "0.01-8")["curves"]["loss"]
    ticks = {
        label: opened.locator(".explorer-chart text", has_text=re.compile(f"^{label}$")) for label in ("0.3", "0.7")
    }
    low, high = (float(tick.first.get_attribute("y") or "nan") for tick in ticks.values())
    expected = low + (moving_average(data["run"], 0.9)[-1] - 0.3) / 0.4 * (high - low)
    assert float(drawn(opened).rpartition(",")[2]) == pytest.approx(expected, abs=0.2)


def test_text_in_the_chart_can_be_read_and_nothing_moves(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{address}{PLACE}")
    expect(told(page, "roughness")).to_contain_text("nats")
    sizes = page.evaluate(
        "[...document.querySelectorAll('.explorer-chart text')].map((t) => parseFloat(getComputedStyle(t).fontSize))"
    )
    assert min(sizes) >= 9
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    below = page.locator("#overview")
    before = below.bounding_box()
    for name in ("Learning rate", "Batch size", "Smoothing of the plot"):
        page.get_by_role("slider", name=name).focus()
        for key in (*["ArrowRight"] * 5, "Home"):
            page.keyboard.press(key)
            page.wait_for_timeout(30)
            assert page.evaluate("document.querySelector('#overview').getBoundingClientRect().top + scrollY") == (
                pytest.approx((before or {"y": 0})["y"], abs=1)
            )
    context.close()


def test_without_javascript_the_figure_stands_in_its_place(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}{PLACE}")
    expect(page.locator(".explorer")).to_be_hidden()
    expect(page.get_by_text("The explorer needs JavaScript")).to_be_visible()
    expect(page.locator("#fig-explorer-grid img").first).to_be_visible()
    context.close()


def test_what_is_fetched_is_what_is_shown(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}{PLACE}")
    expect(told(page, "roughness")).to_contain_text("nats")
    assert sorted(url.rpartition("/")[2] for url in asked if "/explorer/0" in url) == ["0.001-32.json", "0.01-8.json"]
    page.goto(f"{address}0.1/claims/")
    assert page.locator("script[src*=explorer]").count() == 0
