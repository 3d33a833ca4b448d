"""The files of every figure: deterministic, small, readable, true to the numbers, and whole whatever the labels say."""

import csv
import dataclasses
import gzip
import io
import itertools
import math
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.lines import Line2D
from PIL import Image

from generator.figures import export
from generator.figures.catalogue import KINDS, Plot
from generator.figures.plot import table_csv
from generator.figures.sheet import Sheet, style
from generator.figures.style import DARK, LIGHT, MARGIN, TEXT, WIDTH
from tests.figures.synthetic import FIGURES, figures_of, plot_of, record_of

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"
NOT_FINITE = re.compile(rb' (?:d|x|y)="[^"]*(?:nan|inf)')
HOSTILE = ["$\\frac{$", "<b>&amp;</b>", "a_b ]]> <!--", "\x00\x1b\ud800\uffff\u202e漢", "m" * 3000, "{{ x }} %s", ""]

#: Surroundings that must not show; the style sheet is a user's own.
SURROUNDINGS = [
    {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "UTC"},
    {
        "PYTHONHASHSEED": "4242",
        "LC_ALL": "de_DE.UTF-8",
        "TZ": "Asia/Kathmandu",
        "SOURCE_DATE_EPOCH": "1",
        "MATPLOTLIBRC": "hostile",
    },
]
MATPLOTLIBRC = """
font.family: serif
font.size: 40
lines.linewidth: 9
axes.facecolor: red
savefig.dpi: 30
savefig.bbox: tight
savefig.facecolor: green
svg.fonttype: none
svg.hashsalt: other
svg.id: other
path.sketch: 3, 100, 2
text.parse_math: True
axes.unicode_minus: False
figure.autolayout: True
"""


def test_the_same_bytes_whatever_surrounds_the_process(tmp_path: Path) -> None:
    running = [start(tmp_path / str(place), changes) for place, changes in enumerate(SURROUNDINGS)]
    for process in running:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    here, there = ({p.name: p.read_bytes() for p in (tmp_path / str(i) / "out").iterdir()} for i in range(2))
    assert len(here) == 4 * len(KINDS)
    assert here == there


def start(folder: Path, changes: dict[str, str]) -> "subprocess.Popen[str]":
    (folder / "home").mkdir(parents=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MPL", "MATPLOTLIB"))}
    if "MATPLOTLIBRC" in changes:
        (folder / "matplotlibrc").write_text(MATPLOTLIBRC)
        changes = {**changes, "MATPLOTLIBRC": str(folder / "matplotlibrc")}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.figures.synthetic", str(folder / "out")],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT), "HOME": str(folder / "home"), **changes},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_files(plot: Plot, files: dict[str, bytes]) -> None:
    assert list(files) == [f"{plot.id}{suffix}" for suffix in (".svg", "-dark.svg", ".png", ".csv")]


@pytest.mark.parametrize("figure_id", ["fig-learning-rate-article"])
def test_export_writes_them_and_tells_the_size(plot: Plot, files: dict[str, bytes], tmp_path: Path) -> None:
    exported = export.export(plot, tmp_path / "fig")
    assert {path.name: path.read_bytes() for path in (tmp_path / "fig").iterdir()} == files
    assert exported.files[".svg"] == tmp_path / "fig" / f"{plot.id}.svg"
    root = ElementTree.fromstring(exported.files["-dark.svg"].read_bytes())
    assert (root.get("width"), root.get("height")) == (str(exported.width), str(exported.height))


def test_drawings_are_small_and_well_formed(plot: Plot, files: dict[str, bytes]) -> None:
    for name in (f"{plot.id}.svg", f"{plot.id}-dark.svg"):
        root = ElementTree.fromstring(files[name])
        assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
        assert root.get("width") == str(WIDTH)
        assert root.findtext(f"{SVG}title") == plot.title
        assert len(gzip.compress(files[name])) <= 40_000
        for element in root.iter():
            assert element.tag.rpartition("}")[2] not in {"script", "foreignObject", "image", "text"}
    assert b"dc:date" not in files[f"{plot.id}.svg"]


def test_both_drawings_show_the_same_in_other_colours(plot: Plot, files: dict[str, bytes]) -> None:
    light, dark = (shapes(files[f"{plot.id}{suffix}"]) for suffix in (".svg", "-dark.svg"))
    assert light == dark
    for suffix, palette, other in ((".svg", LIGHT, DARK), ("-dark.svg", DARK, LIGHT)):
        colours = set(re.findall(rb"#[0-9a-f]{6}", files[f"{plot.id}{suffix}"]))
        assert palette.ink.encode() in colours
        assert not colours & {other.ink.encode(), other.ink_soft.encode(), other.grid.encode()}


def shapes(svg: bytes) -> list[str]:
    return re.findall(r' (?:d|x|y)="([^"]*)"', svg.decode())


def test_drawings_are_transparent_and_the_picture_is_not(plot: Plot, files: dict[str, bytes]) -> None:
    first = next(ElementTree.fromstring(files[f"{plot.id}.svg"]).iter(f"{SVG}path"))
    assert "fill: none" in str(first.get("style"))
    with Image.open(io.BytesIO(files[f"{plot.id}.png"])) as picture:
        assert picture.getchannel("A").getextrema() == (255, 255)
        assert picture.convert("RGB").getpixel((0, 0)) == tuple(bytes.fromhex(LIGHT.paper[1:]))
        assert picture.width == 2 * WIDTH
        assert "Software" not in picture.info


def test_the_csv_is_the_table(plot: Plot, files: dict[str, bytes]) -> None:
    header, *rows = csv.reader(io.StringIO(files[f"{plot.id}.csv"].decode()))
    assert tuple(header) == plot.table.columns
    assert len(rows) == len(plot.table.rows)
    for row, expected in zip(rows, plot.table.rows, strict=True):
        assert [type(e)(cell) for cell, e in zip(row, expected, strict=True)] == list(expected)
    assert b"\r" not in files[f"{plot.id}.csv"]


def test_every_plotted_number_is_in_the_table(plot: Plot, sheet: Sheet) -> None:
    """Read back from the lines on the panels by inverting each axis here."""
    lines = [line for axes in sheet.figure.axes for line in axes.lines if np.size(line.get_xdata()) > 2]
    cells = np.array([c for row in plot.table.rows for c in row if isinstance(c, float) and math.isfinite(c)])
    if plot.kind == "grid":  # what is higher stands at the upper edge
        cells = np.minimum(cells, plot.payload.y.high)
    assert lines
    for line in lines:
        for value, tolerance in plotted(plot, sheet, line):
            assert np.abs(cells - value).min() <= tolerance


def plotted(plot: Plot, sheet: Sheet, line: Line2D) -> list[tuple[float, float]]:
    data = plot.payload
    if plot.kind in {"comparison", "shares"}:
        scale, positions = data.x, line.get_xdata()
    elif plot.kind in {"ensemble", "doses", "law"}:
        scale, positions = (
            data.facets[[line in axes.lines for axes in sheet.figure.axes].index(True)].y,
            line.get_ydata(),
        )
    else:
        scale, positions = data.y, line.get_ydata()
    shares = np.asarray(positions, dtype=float)
    if scale.kind == "log":
        values = scale.low * (scale.high / scale.low) ** shares
    elif scale.kind == "linear":
        values = scale.low + (scale.high - scale.low) * shares
    else:
        low, high = (math.asinh(v / scale.unit) for v in (scale.low, scale.high))
        values = scale.unit * np.sinh(low + (high - low) * shares)
    return [(float(value), 2e-5 * (scale.high - scale.low)) for value in values]


@pytest.mark.parametrize("figure_id", figures_of("doses"))
def test_doses_have_their_quartiles_and_a_dot_at_each(plot: Plot, sheet: Sheet) -> None:
    """From the corners of the band, or the ends of the bars."""
    for axes, facet in zip(sheet.figure.axes, plot.payload.facets, strict=True):
        dots = [line for line in axes.lines if line.get_marker() == "o"]
        kind = PolyCollection if plot.payload.joined else LineCollection
        marks = [mark for mark in axes.collections if isinstance(mark, kind) and mark.get_zorder() >= 1]
        for mark, dot, line in zip(marks, dots, facet.lines, strict=True):
            x = plot.payload.x.at(line.places)
            expected = np.concatenate([np.stack([x, facet.y.at(edge)], axis=1) for edge in (line.low, line.high)])
            corners = np.concatenate([np.asarray(path.vertices) for path in mark.get_paths()])
            np.testing.assert_allclose(np.unique(corners, axis=0), np.unique(expected, axis=0), atol=1e-9)
            np.testing.assert_allclose(np.asarray(dot.get_xdata(), dtype=float), x)


@pytest.mark.parametrize("figure_id", figures_of("article", "ensemble", "grid"))
def test_bands_reach_from_the_low_to_the_high_quantile(plot: Plot, sheet: Sheet) -> None:
    bands = [band for axes in sheet.figure.axes for band in axes.collections if isinstance(band, PolyCollection)]
    assert len(bands) == len(plot.payload.series)
    facets = plot.payload.facets if plot.kind == "ensemble" else [plot.payload]
    for facet in facets:
        for series in facet.series:
            corners = np.unique(np.asarray(bands.pop(0).get_paths()[0].vertices)[:, 1])
            expected = [facet.y.at(series.low), facet.y.at(series.high)]
            np.testing.assert_allclose(corners, np.unique(expected), atol=1e-9)


def test_text_is_large_within_the_figure_and_apart(plot: Plot, sheet: Sheet) -> None:
    with style(plot.id):
        height = sheet.figure.get_figheight() * 72
        boxes = [(t.get_text(), t.get_window_extent()) for t in sheet.figure.texts if t.get_text()]
        assert all(float(t.get_fontsize()) >= TEXT for t in sheet.figure.texts)
    assert not [t for axes in sheet.figure.axes for t in axes.texts]
    for words, box in boxes:
        assert box.x0 >= MARGIN - 2, words
        assert box.x1 <= WIDTH - MARGIN + 4, words
        assert box.y0 >= 0, words
        assert box.y1 <= height, words
    for (words, box), (other, other_box) in itertools.combinations(boxes, 2):
        apart = box.x1 <= other_box.x0 or other_box.x1 <= box.x0 or box.y1 <= other_box.y0 or other_box.y1 <= box.y0
        assert apart, (words, other)


def test_drawing_returns_what_it_drew(plot: Plot) -> None:
    with style(plot.id):
        sheet = Sheet(LIGHT)
        artists = KINDS[plot.kind].draw(sheet, plot)
    drawn = {*sheet.figure.texts, *(line for axes in sheet.figure.axes for line in axes.lines)}
    assert drawn <= set(artists)


def test_figures_with_diverged_runs_are_drawn(diverged_plot: Plot) -> None:
    content = drawing(diverged_plot)
    assert ElementTree.fromstring(content).findtext(f"{SVG}title") == diverged_plot.title
    assert not NOT_FINITE.search(content)


def drawing(plot: Plot) -> bytes:
    with style(plot.id):
        return export.svg(export.drawn(plot, LIGHT), plot)


@pytest.mark.parametrize("shift", range(0, len(HOSTILE), 2))
@pytest.mark.parametrize(
    "figure_id",
    [
        "fig-learning-rate-article",
        "fig-batch-size-ensemble",
        "fig-batch-size-speed",
    ],
)
def test_hostile_labels_do_not_break_a_figure(figure_id: str, shift: int) -> None:
    experiment, figure = FIGURES[figure_id]
    labels = itertools.cycle(HOSTILE[shift:] + HOSTILE[:shift])
    experiment = dataclasses.replace(
        experiment,
        labels={role: f"{role} {next(labels)}" for role in experiment.labels},
        data_sets={n: dataclasses.replace(d, label=f"{n} {next(labels)}") for n, d in experiment.data_sets.items()},
        curves=tuple(dataclasses.replace(curve, label=f"{curve.name} {next(labels)}") for curve in experiment.curves),
    )
    title = f"Title {HOSTILE[shift]}"
    plot = plot_of(dataclasses.replace(figure, title=title), experiment, record_of(experiment.id))
    root = ElementTree.fromstring(drawing(plot))
    assert root.findtext(f"{SVG}title") == title
    assert {element.tag.rpartition("}")[2] for element in root.iter()}.isdisjoint({"b", "text", "script"})
    assert table_csv(plot.table).decode()


@pytest.mark.parametrize("value", [1e308, -1e308, 5e-324, math.inf, math.nan])
def test_hostile_numbers_do_not_break_a_figure(value: float) -> None:
    experiment, figure = FIGURES["fig-learning-rate-ensemble"]
    record = record_of(experiment.id)
    cell = record.cells["digits"]["high"]
    curve = cell.curves["loss"]
    strange = dataclasses.replace(
        curve,
        quantiles=tuple((*q[:-1], math.inf if math.isnan(value) else value) for q in curve.quantiles),
        runs={replicate: (value, *run[1:]) for replicate, run in curve.runs.items()},
    )
    changed = dataclasses.replace(cell, curves={**cell.curves, "loss": strange})
    cells = {**record.cells, "digits": {**record.cells["digits"], "high": changed}}
    content = drawing(plot_of(figure, experiment, dataclasses.replace(record, cells=cells)))
    assert ElementTree.fromstring(content).findtext(f"{SVG}title") == figure.title
    assert not NOT_FINITE.search(content)
