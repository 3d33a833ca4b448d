"""What a build may replace, and that a killed one leaves nothing that the next cannot mend."""

import sys
import threading
from pathlib import Path

import pytest

from generator.errors import GeneratorError
from generator.publishing import tree
from generator.publishing.tree import (
    KEPT,
    MARKER,
    beside,
    digest_of_files,
    heal,
    published_files,
    read_seal,
    require_ours,
    seal,
    swap,
)


def folder(path: Path, **files: str) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (path / name).write_text(content)
    return path


def contents(path: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in path.iterdir()}


def test_hidden_files_are_not_published(tmp_path: Path) -> None:
    folder(tmp_path / ".git", config="")
    folder(tmp_path / "b", **{"x.html": "", ".y": ""})
    folder(tmp_path, **{"a.html": "", MARKER: "", KEPT: ""})
    assert list(published_files(tmp_path)) == ["a.html", "b/x.html"]


def test_symbolic_links_are_not_published(tmp_path: Path) -> None:
    (tmp_path / "secret").symlink_to("/etc/passwd")
    with pytest.raises(GeneratorError, match="found the symbolic link secret"):
        published_files(tmp_path)


@pytest.mark.parametrize("files", [{}, {KEPT: "*"}, {MARKER: "", "index.html": ""}])
def test_an_empty_folder_or_our_own_may_be_replaced(tmp_path: Path, files: dict[str, str]) -> None:
    require_ours(tmp_path / "absent")
    assert not (tmp_path / "absent").exists()
    site = folder(tmp_path / "site", **files)
    require_ours(site)
    assert contents(site) == files


def test_a_strange_folder_or_file_is_refused_and_kept(tmp_path: Path) -> None:
    strange = folder(tmp_path / "site", **{"thesis.tex": "years", KEPT: "*"})
    with pytest.raises(GeneratorError, match=r"found 'thesis.tex'; nothing was deleted"):
        require_ours(strange)
    with pytest.raises(GeneratorError, match="found a file; nothing was deleted"):
        require_ours(strange / "thesis.tex")
    assert contents(strange) == {"thesis.tex": "years", KEPT: "*"}


def test_a_seal_says_what_was_sealed(tmp_path: Path) -> None:
    folder(tmp_path, **{"a.html": "1"}).chmod(0o700)
    assert read_seal(tmp_path) is None
    seal(tmp_path, "https://x.example/")
    sealed = read_seal(tmp_path)
    assert sealed is not None
    assert sealed.address == "https://x.example/"
    assert sealed.digest == digest_of_files({"a.html": b"1"})
    assert sealed.digest not in {digest_of_files({"a.html": b"2"}), digest_of_files({"b.html": b"1"})}
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "a.html").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("marker", ["", "[]", "{}", '"x"', "\x00"])
def test_a_broken_marker_is_no_seal(tmp_path: Path, marker: str) -> None:
    assert read_seal(folder(tmp_path, **{MARKER: marker})) is None


def test_a_swap_keeps_the_committed_file_and_leaves_no_neighbours(tmp_path: Path) -> None:
    target = folder(tmp_path / "site", **{KEPT: "*", "old.html": "old", MARKER: ""})
    swap(folder(beside(target, "new"), **{"new.html": "new"}), target)
    assert contents(target) == {KEPT: "*", "new.html": "new"}
    assert list(tmp_path.iterdir()) == [target]


def test_where_folders_cannot_be_exchanged_two_renames_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "_exchanged", lambda _one, _other: False)
    target = folder(tmp_path / "site", **{"old.html": "old", MARKER: ""})
    swap(folder(beside(target, "new"), **{"new.html": "new"}), target)
    assert contents(target) == {"new.html": "new"}
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems need two renames")
def test_a_reader_meets_a_whole_site_at_every_moment(tmp_path: Path) -> None:
    target = folder(tmp_path / "site", **{"index.html": "0"})
    met: list[bool] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            met.append((target / "index.html").is_file())

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(200):
        swap(folder(beside(target, "new"), **{"index.html": str(number)}), target)
    done.set()
    reader.join()
    assert len(met) > 200
    assert all(met)


@pytest.mark.parametrize(
    "left",
    [
        pytest.param({"new": "half", "target": "kept"}, id="while building"),
        pytest.param({"new": "done", "old": "kept"}, id="between the renames"),
        pytest.param({"target": "kept", "old": "half"}, id="while removing"),
    ],
)
def test_a_run_that_was_killed_is_mended(tmp_path: Path, left: dict[str, str]) -> None:
    target = tmp_path / "site"
    for place, content in left.items():
        folder(target if place == "target" else beside(target, place), **{"index.html": content})
    heal(target)
    assert contents(target) == {"index.html": "kept"}
    assert list(tmp_path.iterdir()) == [target]
