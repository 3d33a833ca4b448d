"""An SVG drawing in fewer bytes: curves of hundreds of points told by their steps, to a tenth of a pixel."""

import re
from collections.abc import Iterator

_POLYLINE = re.compile(rb' d="(M[^CQ"]*)"')
_BEYOND_HUNDREDTHS = re.compile(rb'(?<= [xy]=")(-?\d+\.\d\d)\d+')


def compact(svg: bytes) -> bytes:
    """The same drawing with straight lines in relative coordinates and positions to a hundredth of a pixel."""
    return _BEYOND_HUNDREDTHS.sub(rb"\1", _POLYLINE.sub(lambda path: b' d="%s"' % _relative(path[1]), svg))


def _relative(path: bytes) -> bytes:
    """A path of the commands M, L and z; rounding does not add up, as it is the absolute positions that are rounded."""
    return b"".join(_steps(path.split()))


def _steps(words: list[bytes]) -> Iterator[bytes]:
    x = y = 0
    coordinates = iter(words)
    for command in coordinates:
        if command == b"z":
            yield b"z"
            continue
        to_x, to_y = _tenths(next(coordinates)), _tenths(next(coordinates))
        if command == b"M":
            yield b"M%s %s" % (_decimal(to_x), _decimal(to_y))
        else:
            yield b"l%s %s" % (_decimal(to_x - x), _decimal(to_y - y))
        x, y = to_x, to_y


def _tenths(coordinate: bytes) -> int:
    return round(float(coordinate) * 10)


def _decimal(tenths: int) -> bytes:
    whole, tenth = divmod(abs(tenths), 10)
    sign = b"-" if tenths < 0 else b""
    return b"%s%d.%d" % (sign, whole, tenth) if tenth else b"%s%d" % (sign, whole)
