"""Contrast of both palettes, also as they are drawn, and the condition colours as colour-blind readers see them."""

import io
import itertools

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from generator.figures.export import drawn, png
from generator.figures.image import SCALE
from generator.figures.plot import Plot
from generator.figures.sheet import style
from generator.figures.style import DARK, LIGHT, TEXT, WIDTH, Palette
from generator.stats.verdicts import Verdict
from tests.figures.synthetic import FIRST_OF_KIND, plot_named

#: Pages that a figure may lie on: the site's own, and plain ones elsewhere.
PAGES = {"light": ("#fdfcf9", "#ffffff", "#f5f2ec"), "dark": ("#13181c", "#0f1419", "#1c2329")}

#: Viénot, Brettel and Mollon (1999), in linear RGB: how dichromats see.
DICHROMATS = {
    "protanopia": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
    "deuteranopia": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
}

PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])


def linear(colour: str) -> npt.NDArray[np.float64]:
    """Linear RGB of an sRGB colour (IEC 61966-2-1)."""
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.asarray(np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4))


def contrast(first: str, second: str) -> float:
    """WCAG 2.2: (L1 + 0.05) / (L2 + 0.05) of the relative luminances."""
    low, high = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (first, second))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """CIELAB of linear sRGB under D65."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ rgb
    x, y, z = np.cbrt(np.maximum(xyz / [0.9505, 1.0, 1.089], 0.008856))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_the_formula_gives_the_known_extremes() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@PALETTES
def test_text_is_readable(palette: Palette) -> None:
    texts = [palette.ink, palette.ink_soft, *palette.conditions, *palette.verdicts.values()]
    for colour, page in itertools.product(texts, PAGES[palette.name]):
        assert contrast(colour, page) >= 4.5, (colour, page)
    assert contrast(palette.ink_soft, palette.zone) >= 4.5


@PALETTES
def test_marks_are_visible(palette: Palette) -> None:
    for colour, page in itertools.product([palette.mark, *palette.conditions], [*PAGES[palette.name], palette.paper]):
        assert contrast(colour, page) >= 3, (colour, page)


@PALETTES
def test_the_first_two_conditions_differ_for_every_reader(palette: Palette) -> None:
    first, second = (linear(colour) for colour in palette.conditions[:2])
    assert np.linalg.norm(lab(first) - lab(second)) > 50
    for kind, matrix in DICHROMATS.items():
        distance = np.linalg.norm(lab(np.array(matrix) @ first) - lab(np.array(matrix) @ second))
        assert distance > 40, (kind, distance)


@PALETTES
def test_all_conditions_differ_for_every_reader(palette: Palette) -> None:
    for first, second in itertools.combinations(map(linear, palette.conditions), 2):
        for matrix in [np.eye(3), *map(np.array, DICHROMATS.values())]:
            assert np.linalg.norm(lab(matrix @ first) - lab(matrix @ second)) > 10


@PALETTES
def test_every_verdict_has_a_colour_and_colours_repeat_only_beyond_the_last(palette: Palette) -> None:
    assert set(palette.verdicts) == set(Verdict)
    assert palette.condition(0) == palette.conditions[0] == palette.condition(len(palette.conditions))
    assert len(set(palette.conditions)) == len(palette.conditions)


def test_the_smallest_text_is_nine_pixels_on_a_phone() -> None:
    assert TEXT * 360 / WIDTH >= 9


@PALETTES
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if kind == "article" else pytest.mark.slow) for kind, name in FIRST_OF_KIND.items()],
)
def test_text_is_readable_on_what_lies_behind_it(name: str, palette: Palette) -> None:
    """Bands, zones and bars included; a line may pass behind the corner of a word."""
    for words, ratios in contrasts_behind_texts(plot_named(name), palette).items():
        assert np.quantile(ratios, 0.1) >= 4.5, words


def contrasts_behind_texts(plot: Plot, palette: Palette) -> dict[str, npt.NDArray[np.float64]]:
    """The contrast of each text with every pixel of the drawing without texts that its box covers."""
    with style(plot.id):
        sheet = drawn(plot, palette)
        texts = [text for text in sheet.figure.texts if text.get_text().strip()]
        corners = [text.get_window_extent().get_points() * SCALE for text in texts]
        for text in texts:
            text.set_visible(False)
        pixels = np.asarray(Image.open(io.BytesIO(png(sheet, plot))).convert("RGB"))[::-1] @ [1 << 16, 1 << 8, 1]
    found = {}
    for text, ((left, bottom), (right, top)) in zip(texts, corners, strict=True):
        behind = pixels[int(bottom) : int(top) + 1, int(left) : int(right) + 1]
        colours, counts = np.unique(behind, return_counts=True)
        ratios = [contrast(str(text.get_color()), f"#{colour:06x}") for colour in colours]
        found[text.get_text()] = np.repeat(ratios, counts)
    return found
