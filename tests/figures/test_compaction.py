"""Fewer bytes, the same drawing."""

import re

import pytest

from generator.figures.compaction import compact


def corners(path: str) -> list[tuple[float, float]]:
    """The absolute corners of a path of M, L, l and z."""
    points: list[tuple[float, float]] = []
    for command, x, y in re.findall(r"([MLl])\s*(-?[\d.]+)\s+(-?[\d.]+)", path):
        before = points[-1] if command == "l" else (0.0, 0.0)
        points.append((before[0] + float(x), before[1] + float(y)))
    return points


def test_a_polyline_keeps_its_corners_however_long() -> None:
    exact = [(62 + step * 0.987654321, 100 + 3.3333333 * (step % 7)) for step in range(500)]
    path = "M " + " \nL ".join(f"{x:.6f} {y:.6f}" for x, y in exact) + " \nz\n"
    found = compact(f'<path d="{path}"/>'.encode()).decode()
    assert len(found) < 0.5 * len(path)
    for (x, y), (other_x, other_y) in zip(exact, corners(found), strict=True):
        assert abs(x - other_x) <= 0.0501
        assert abs(y - other_y) <= 0.0501
    assert found.endswith('z"/>')


@pytest.mark.parametrize("path", [b"M 0 0 Q 1.23456 2 3 4", b"M 1.23456 1 C 1 2 3 4 5 6"])
def test_curves_stay_as_they_are(path: bytes) -> None:
    assert compact(b'<path d="%s"/>' % path) == b'<path d="%s"/>' % path


def test_positions_are_cut_to_hundredths_and_nothing_else_is() -> None:
    before = b'<use x="12.345678" y="-0.999999" transform="scale(0.123456)"/><text>1.234567</text>'
    after = b'<use x="12.34" y="-0.99" transform="scale(0.123456)"/><text>1.234567</text>'
    assert compact(before) == after


def test_negative_steps_below_one_keep_their_sign() -> None:
    assert compact(b'<path d="M 5 5 \nL 4.6 4.4 \n"/>') == b'<path d="M5 5l-0.4 -0.6"/>'
