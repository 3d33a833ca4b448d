"""From a plot to its files: drawn once on paper and once on the dark page, and the plotted numbers as CSV."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.figures.catalogue import KINDS
from generator.figures.compaction import compact
from generator.figures.image import SCALE, shown_size
from generator.figures.lettering import DPI
from generator.figures.plot import Plot, table_csv
from generator.figures.sheet import Sheet, style
from generator.figures.style import DARK, LIGHT, WIDTH, Palette
from generator.files import write_atomically
from generator.text import shown


@dataclass(frozen=True, kw_only=True)
class Exported:
    """The files of a figure by suffix, and the size at which to show it, in pixels."""

    files: Mapping[str, Path]
    width: int
    height: int


def export(plot: Plot, folder: Path) -> Exported:
    """Render a figure and write its files, named after its id, into a folder."""
    rendered = render(plot)
    for name, content in rendered.items():
        write_atomically(folder / name, content)
    width, height = shown_size(rendered[f"{plot.id}.png"])
    return Exported(files={name.removeprefix(plot.id): folder / name for name in rendered}, width=width, height=height)


def render(plot: Plot) -> dict[str, bytes]:
    """The content of each file by name: `<id>.svg`, `<id>-dark.svg`, `<id>.png` and `<id>.csv`."""
    with style(plot.id):
        light, dark = drawn(plot, LIGHT), drawn(plot, DARK)
        return {
            f"{plot.id}.svg": svg(light, plot),
            f"{plot.id}-dark.svg": svg(dark, plot),
            f"{plot.id}.png": png(light, plot),
            f"{plot.id}.csv": table_csv(plot.table),
        }


def drawn(plot: Plot, palette: Palette) -> Sheet:
    """The figure on a sheet of one palette, finished."""
    sheet = Sheet(palette)
    KINDS[plot.kind].draw(sheet, plot)
    sheet.finish()
    return sheet


def svg(sheet: Sheet, plot: Plot) -> bytes:
    """A drawing on a transparent ground, in pixels instead of the points that matplotlib writes."""
    file = io.BytesIO()
    about = {"Title": shown(plot.title), "Description": shown(plot.alt), "Creator": None, "Date": None}
    sheet.figure.savefig(file, format="svg", facecolor="none", edgecolor="none", metadata=about)
    height = round(sheet.figure.get_figheight() * DPI)
    points, pixels = f'width="{WIDTH}pt" height="{height}pt"', f'width="{WIDTH}" height="{height}"'
    return compact(file.getvalue().replace(points.encode(), pixels.encode(), 1))


def png(sheet: Sheet, plot: Plot) -> bytes:
    """A drawing on its paper, with two pixels for one."""
    file = io.BytesIO()
    about = {"Title": shown(plot.title), "Description": shown(plot.alt), "Software": None}
    paper = sheet.palette.paper
    sheet.figure.savefig(file, format="png", dpi=SCALE * DPI, facecolor=paper, edgecolor="none", metadata=about)
    return file.getvalue()
