"""How large a figure is shown, read from its PNG file."""

import struct

from generator.errors import GeneratorError

#: Pixels of the PNG per pixel of the figure.
SCALE = 2

_BEGINNING = b"\x89PNG\r\n\x1a\n"


def shown_size(png: bytes) -> tuple[int, int]:
    """Width and height at which to show a figure, in pixels."""
    if not png.startswith(_BEGINNING) or len(png) < 24:
        raise GeneratorError(f"expected a PNG image, found {png[:8]!r}")
    width, height = struct.unpack(">II", png[16:24])
    return width // SCALE, height // SCALE
