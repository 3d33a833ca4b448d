"""The colours of the style sheet against WCAG 2.2's contrast ratio, and that no verdict hangs on its colour."""

import re
from pathlib import Path

import pytest

STYLE = (Path(__file__).resolve().parents[2] / "templates" / "assets" / "site.css").read_text()
VERDICTS = ("supported", "negligible", "reversed", "no-material-effect", "inconclusive")


def scheme(name: str) -> dict[str, str]:
    """The hexadecimal colours that a scheme defines."""
    block = re.search(rf'\[data-md-color-scheme="{name}"\] {{\n(\s*--paper[^}}]*)}}', STYLE)
    assert block is not None
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block[1]))


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2, definition)."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours (WCAG 2.2, definition)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_ratio_is_that_of_the_definition() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    # The grey that WCAG's own understanding document gives as just sufficient on white.
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("name", ["default", "slate"])
def test_every_text_can_be_read_on_every_ground_it_stands_on(name: str) -> None:
    colours = scheme(name)
    code = [colour for colour in colours if colour.startswith("code-")]
    pairs = [
        *(
            (text, ground)
            for text in ("ink", "ink-soft", "link", "link-hover")
            for ground in ("paper", "surface", "answer")
        ),
        *((text, "surface") for text in code),
        *((verdict, ground) for verdict in VERDICTS for ground in (f"{verdict}-surface", "paper", "surface")),
    ]
    weak = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}
    assert len(code) == 4


def test_both_schemes_define_the_same_colours() -> None:
    assert scheme("default").keys() == scheme("slate").keys()


def test_every_verdict_has_a_sign_of_its_own() -> None:
    signs = [re.search(rf'\.verdict-{verdict}::before {{\s*content: "([^"]+)" / ""', STYLE) for verdict in VERDICTS]
    assert len({sign[1] for sign in signs if sign is not None}) == len(VERDICTS)
