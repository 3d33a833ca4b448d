"""Text in the font that ships with matplotlib: which characters it has, how wide it is, where its lines break."""

import bisect
import functools
from pathlib import Path

import matplotlib
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font, LoadFlags

_FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"

#: Pixels per inch at which one point of text is one pixel.
DPI = 72


@functools.cache
def font(size: float, bold: bool = False) -> FontProperties:
    """DejaVu Sans as it ships with matplotlib, at a size in pixels."""
    return FontProperties(fname=str(_font_file(bold)), size=size)


def legible(words: str) -> str:
    """The text with a replacement character for what is not in the font or not to be seen, such as controls."""
    known = _characters()
    return "".join(c if c.isprintable() and ord(c) in known else " " if c.isspace() else "\ufffd" for c in words)


@functools.cache
def _characters() -> frozenset[int]:
    return frozenset(_face(False).get_charmap()) & frozenset(_face(True).get_charmap())


@functools.cache
def _face(bold: bool) -> FT2Font:
    return FT2Font(str(_font_file(bold)))


def _font_file(bold: bool) -> Path:
    return _FONTS / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")


def width(words: str, size: float, bold: bool) -> float:
    """How wide a line of text is, in pixels."""
    parts = words.split(" ")
    return sum(_word_width(part, size, bold) for part in parts) + (len(parts) - 1) * _word_width(" ", size, bold)


@functools.lru_cache(maxsize=4096)
def _word_width(word: str, size: float, bold: bool) -> float:
    face = _face(bold)
    face.set_size(size, DPI)
    face.set_text(legible(word), 0.0, flags=LoadFlags.NO_HINTING)
    return float(face.get_width_height()[0]) / 64


def wrapped(words: str, room: float, size: float, bold: bool, lines: int) -> list[str]:
    """The text in lines no wider than `room` pixels, and at most so many; what does not fit ends in an ellipsis."""
    found: list[str] = []
    for word in legible(words)[: 200 * lines].split():
        longer = f"{found[-1]} {word}" if found else word
        if found and width(longer, size, bold) <= room:
            found[-1] = longer
        else:
            found.append(word)
    cut = [*found[: lines - 1], f"{found[lines - 1]}…"] if len(found) > lines else found
    return [_shortened(line, room, size, bold) for line in cut]


def _shortened(line: str, room: float, size: float, bold: bool) -> str:
    if width(line, size, bold) <= room:
        return line
    end = bisect.bisect_right(range(len(line)), room, key=lambda end: width(f"{line[:end]}…", size, bold)) - 1
    return f"{line[: max(end, 0)]}…"
