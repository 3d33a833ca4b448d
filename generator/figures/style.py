"""The one style: sizes in pixels of a 720 pixel wide figure, and two palettes, each made for its background.

The condition colours start from Okabe and Ito's (2008) vermilion, blue, bluish green and reddish purple, darkened on
paper and lightened on the dark page until text in them has a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from generator.stats.verdicts import Verdict

#: Drawn to be shown at 720 pixels and still read at 360, where the smallest text is half of `TEXT`.
WIDTH = 720
MARGIN = 16
TITLE, HEADING, TEXT = 25.0, 19.0, 18.0

#: Distance between the lines of a text, in multiples of its size.
LEADING = 1.28

#: Line widths.
MEDIAN, RUN, THIN, GRID = 3.2, 2.6, 1.1, 1.0


@dataclass(frozen=True, kw_only=True)
class Palette:
    """Colours on one background, as #rrggbb.

    `conditions` are by role position, the same all over the site: the first condition of an experiment has the first.
    `band` is the opacity of an area that spans most of the replicates.
    """

    name: str
    paper: str
    ink: str
    ink_soft: str
    mark: str
    grid: str
    zone: str
    conditions: tuple[str, ...]
    verdicts: Mapping[Verdict, str]
    band: float

    def condition(self, position: int) -> str:
        """The colour of the condition at one place in its experiment."""
        return self.conditions[position % len(self.conditions)]


LIGHT = Palette(
    name="light",
    paper="#fdfcf9",
    ink="#1f2a33",
    ink_soft="#56636e",
    mark="#7d8890",
    grid="#e2ddd2",
    zone="#ebe5d7",
    conditions=("#b84a00", "#0066a6", "#00735a", "#8f4a86"),
    verdicts={
        Verdict.SUPPORTED: "#14512c",
        Verdict.NEGLIGIBLE: "#46525c",
        Verdict.REVERSED: "#8a2410",
        Verdict.NO_MATERIAL_EFFECT: "#3d3f8c",
        Verdict.INCONCLUSIVE: "#684b00",
    },
    band=0.2,
)

DARK = Palette(
    name="dark",
    paper="#13181c",
    ink="#dde4e8",
    ink_soft="#9dadb7",
    mark="#7a8a95",
    grid="#303b43",
    zone="#27323a",
    conditions=("#f0894b", "#56b4e9", "#4fcba0", "#dd94c9"),
    verdicts={
        Verdict.SUPPORTED: "#a3dfb4",
        Verdict.NEGLIGIBLE: "#c3cdd4",
        Verdict.REVERSED: "#f6b4a1",
        Verdict.NO_MATERIAL_EFFECT: "#c0c5f7",
        Verdict.INCONCLUSIVE: "#edd48d",
    },
    band=0.26,
)
