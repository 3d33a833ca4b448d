"""Text that the font can draw, and where its lines break."""

import itertools

import pytest
from matplotlib.ft2font import FT2Font, LoadFlags

from generator.figures import lettering
from generator.figures.lettering import legible, width, wrapped

HOSTILE = "a\x00b\x1bc\ud800d\uffffe\u202ef\u200bg漢"


def test_what_cannot_be_drawn_is_shown_as_such() -> None:
    assert legible(HOSTILE) == "a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf\ufffdg\ufffd"
    assert legible("×\N{NO-BREAK SPACE}4.2 [−1, ∞] √32 ● ◇ → é\n<b>$x$") == "× 4.2 [−1, ∞] √32 ● ◇ → é <b>$x$"


def test_the_width_of_a_line_is_that_of_its_whole() -> None:
    face = FT2Font(str(lettering._font_file(False)))
    for words in ("learning rate 0.001", "The article's random labels", "a", ""):
        face.set_size(18, 72)
        face.set_text(words, 0.0, flags=LoadFlags.NO_HINTING)
        assert width(words, 18, False) == pytest.approx(face.get_width_height()[0] / 64, abs=4)


@pytest.mark.parametrize("room", [60, 120, 300])
def test_lines_keep_to_their_room_and_lose_no_word(room: int) -> None:
    words = "How much rougher is the loss at 0.1 than at 0.001?"
    found = wrapped(words, room, 18, False, 20)
    assert " ".join(found) == words or room < 80
    for line, following in itertools.pairwise(found):
        assert width(line, 18, False) <= room
        assert width(f"{line} {following.split()[0]}", 18, False) > room


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    assert wrapped("one two three four", 52, 18, False, 2) == ["one", "two…"]
    (line,) = wrapped("m" * 5000, 200, 18, True, 1)
    assert line.endswith("…")
    assert 100 < width(line, 18, True) <= 200
    assert wrapped("", 100, 18, False, 2) == []
