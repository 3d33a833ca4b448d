"""The sheet that a figure is drawn on: blocks of pixels from the top down."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import matplotlib
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from generator.figures import lettering
from generator.figures.lettering import DPI
from generator.figures.scales import Scale
from generator.figures.style import GRID, HEADING, LEADING, MARGIN, TEXT, TITLE, WIDTH, Palette


@contextlib.contextmanager
def style(salt: str) -> Iterator[None]:
    """Matplotlib's own defaults and ours, whatever a user's matplotlibrc says; ids in SVG files follow `salt`."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rc("svg", fonttype="path", hashsalt=salt)
        matplotlib.rc("text", parse_math=False)
        yield


@dataclass(frozen=True, kw_only=True)
class Panel:
    """Axes that run from 0 to 1 both ways, and where they are on the sheet, in pixels from the top left."""

    axes: Axes
    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge on the sheet."""
        return self.left + self.width

    def y(self, position: float) -> float:
        """The pixel at a position of the vertical axis."""
        return self.top + (1 - position) * self.height


class Sheet:
    """A figure under construction: `y` is where the next block begins, in pixels from the top."""

    def __init__(self, palette: Palette) -> None:
        self.palette = palette
        self.figure = Figure(figsize=(WIDTH / DPI, 1), dpi=DPI)
        FigureCanvasAgg(self.figure)
        self.y = float(MARGIN)
        self._from_top = Affine2D()
        self._panels: list[Panel] = []

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = TEXT,
        bold: bool = False,
        colour: str = "",
        align: str = "left",
    ) -> Text:
        """One line of text whose baseline is at `y`; `align` says which part of it is at `x`."""
        return self.figure.text(
            x,
            y,
            lettering.legible(words),
            transform=self._from_top + self.figure.dpi_scale_trans,
            fontproperties=lettering.font(size, bold),
            color=colour or self.palette.ink,
            horizontalalignment=align,
            verticalalignment="baseline",
        )

    def paragraph(
        self,
        words: str,
        *,
        size: float = TEXT,
        bold: bool = False,
        colour: str = "",
        align: str = "left",
        left: float = MARGIN,
        width: float = WIDTH - 2 * MARGIN,
        lines: int = 6,
    ) -> list[Text]:
        """A block of wrapped text, at most so many lines of it."""
        x = {"left": left, "center": left + width / 2, "right": left + width}[align]
        texts = []
        for line in self.wrapped(words, width, size=size, bold=bold, lines=lines):
            self.y += size * LEADING
            texts.append(self.text(x, self.y - size * 0.28, line, size=size, bold=bold, colour=colour, align=align))
        return texts

    def wrapped(self, words: str, room: float, *, size: float = TEXT, bold: bool = False, lines: int = 6) -> list[str]:
        """The text in lines no wider than `room` pixels, and at most so many; what does not fit ends in an ellipsis."""
        return lettering.wrapped(words, room, size, bold, lines)

    def widest(self, lines: Sequence[str], *, size: float = TEXT, bold: bool = False) -> float:
        """The width of the widest line, in pixels; 0 without lines."""
        return max((lettering.width(line, size, bold) for line in lines), default=0.0)

    def title(self, words: str) -> list[Text]:
        """The figure's title, in lines of nearly equal width."""
        whole = WIDTH - 2 * MARGIN
        count = len(self.wrapped(words, whole, size=TITLE, bold=True, lines=3))
        rooms = range(whole // 2, whole, 20) if count > 1 else ()
        enough = (r for r in rooms if len(self.wrapped(words, r, size=TITLE, bold=True, lines=4)) <= count)
        texts = self.paragraph(words, size=TITLE, bold=True, width=next(enough, whole), lines=3)
        self.y += 6
        return texts

    def heading(self, words: str, colour: str = "") -> list[Text]:
        """The title of one panel."""
        return self.paragraph(words, size=HEADING, bold=True, colour=colour, lines=2)

    def note(self, words: str) -> list[Text]:
        """Softer text about the figure."""
        return self.paragraph(words, colour=self.palette.ink_soft)

    def below(self, words: str, left: float, right: float) -> list[Text]:
        """The name of a horizontal axis, centred below its panel."""
        room = WIDTH - left - right
        self.y += 3
        return self.paragraph(words, colour=self.palette.ink_soft, align="center", left=left, width=room)

    def panel(self, height: float, left: float = MARGIN, right: float = MARGIN) -> Panel:
        """A panel over the next `height` pixels, with room for labels on either side and without a frame."""
        axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0), xlim=(0, 1), ylim=(0, 1))
        # Ticks of our own: matplotlib's are as slow as all the rest together.
        axes.set_axis_off()
        panel = Panel(axes=axes, left=left, top=self.y, width=WIDTH - left - right, height=height)
        self._panels.append(panel)
        self.y += height
        return panel

    def vertical_axis(self, panel: Panel, scale: Scale) -> list[Artist]:
        """Grid lines and labels at the ticks of a vertical scale."""
        at = scale.at(scale.ticks).tolist()
        labels = [
            self.text(panel.left - 8, panel.y(y) + 0.36 * TEXT, label, colour=self.palette.ink_soft, align="right")
            for y, label in zip(at, scale.labels, strict=True)
        ]
        return [panel.axes.hlines(at, 0, 1, colors=self.palette.grid, linewidth=GRID, zorder=0.5), *labels]

    def horizontal_axis(self, panel: Panel, scale: Scale, *, labelled: bool = True) -> list[Artist]:
        """Grid lines at the ticks of a horizontal scale, and their labels below, unless another panel has them."""
        at = scale.at(scale.ticks).tolist()
        grid = panel.axes.vlines(at, 0, 1, colors=self.palette.grid, linewidth=GRID, zorder=0.5)
        if not labelled:
            return [grid]
        self.y += TEXT * LEADING + 4
        soft = self.palette.ink_soft
        labels = [
            self.text(self._inside(panel.left + x * panel.width, label), self.y - 4, label, colour=soft, align="center")
            for x, label in zip(at, scale.labels, strict=True)
        ]
        return [grid, *labels]

    def _inside(self, centre: float, words: str) -> float:
        """The nearest centre at which the words keep off the margins."""
        half = self.widest([words]) / 2
        return min(max(centre, MARGIN + half), WIDTH - MARGIN - half)

    def finish(self) -> Figure:
        """The figure, cut to the height of its blocks."""
        height = round(self.y + MARGIN)
        self.figure.set_size_inches(WIDTH / DPI, height / DPI)
        self._from_top.clear().scale(1 / DPI, -1 / DPI).translate(0, height / DPI)
        for panel in self._panels:
            bottom = height - panel.top - panel.height
            panel.axes.set_position((panel.left / WIDTH, bottom / height, panel.width / WIDTH, panel.height / height))
        return self.figure
