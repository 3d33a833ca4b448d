"""The size at which a figure is shown."""

import struct

import pytest

from generator.errors import GeneratorError
from generator.figures.image import shown_size


def test_half_the_pixels_of_the_png() -> None:
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">II", 1440, 1100)
    assert shown_size(png) == (720, 550)


@pytest.mark.parametrize("content", [b"", b"GIF89a" + bytes(30), b"\x89PNG\r\n\x1a\n"])
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(GeneratorError, match="expected a PNG image"):
        shown_size(content)
