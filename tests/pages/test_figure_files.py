"""The cache of drawings: what comes out of it is what went in, or is drawn anew."""

import random
from pathlib import Path

from generator.pages import figure_files
from generator.pages.figure_files import drawings, keep, kept
from tests.figures.synthetic import plot_named, rendered
from tests.pages.synthetic import silent

FILES = {"fig-a.svg": b"<svg/>" * 20, "fig-a.csv": b"a,b\n1,2\n"}


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    keep(FILES, tmp_path / "key")
    assert kept(tmp_path / "key") == FILES
    keep({"fig-a.svg": b"other"}, tmp_path / "key")
    assert kept(tmp_path / "key") == {"fig-a.svg": b"other"}
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
    assert kept(tmp_path / "none") is None


def test_a_flipped_bit_a_cut_or_missing_file_and_a_stranger_are_noticed(tmp_path: Path) -> None:
    folder, chance = tmp_path / "key", random.Random(0)
    for _ in range(200):
        keep(FILES, folder)
        path = chance.choice(sorted(folder.iterdir()))
        content = bytearray(path.read_bytes())
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        path.write_bytes(content)
        assert kept(folder) is None
    for name in (*FILES, "SHA256SUMS"):
        for length in (0, 5):
            keep(FILES, folder)
            (folder / name).write_bytes((folder / name).read_bytes()[:length])
            assert kept(folder) is None
        (folder / name).unlink()
        assert kept(folder) is None
    keep(FILES, folder)
    (folder / ".fig-a.svg.0x1y2z").write_bytes(b"<svg")
    assert kept(folder) is None


def test_what_a_killed_run_left_is_no_part_of_the_next(tmp_path: Path) -> None:
    (tmp_path / ".key").mkdir()
    (tmp_path / ".key" / ".fig-a.svg.0x1y2z").write_bytes(b"<svg")
    keep(FILES, tmp_path / "key")
    assert kept(tmp_path / "key") == FILES


def test_a_damaged_drawing_is_drawn_anew(tmp_path: Path, shared: Path) -> None:
    plot = plot_named("fig-batch-size-speed")
    folder = tmp_path / figure_files.drawing_key(plot)
    keep(rendered(plot, shared), folder)
    (folder / f"{plot.id}.svg").write_bytes(b"<svg/>")
    (drawn,) = drawings([plot], tmp_path, 1, silent)
    assert drawn == rendered(plot, shared) == kept(folder)
