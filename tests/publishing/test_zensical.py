"""The comparison of two builds of the same pages; Zensical itself is run by its own session."""

from pathlib import Path

import pytest

from generator.errors import GeneratorError
from generator.publishing.zensical import anchors_of, build_with_zensical, differences, main

PAGE = (
    '<meta charset=utf-8><body><h1 id="frame">x</h1>'
    '<article><h1 id="{0}">x</h1><p id="no-heading"></p><h3 id="{0}-3">y</h3></article>'
)


def write(folder: Path, **pages: str) -> Path:
    for name, anchor in pages.items():
        path = folder / name / "index.html" if name != "home" else folder / "index.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGE.format(anchor))
    (folder / "404.html").write_text(PAGE.format("missing"))
    return folder


def test_anchors_are_those_of_the_headings_of_every_page(tmp_path: Path) -> None:
    assert anchors_of(write(tmp_path, home="a", b="c")) == {"./": {"a", "a-3"}, "b/": {"c", "c-3"}}


def test_differences_are_named_from_both_sides(tmp_path: Path) -> None:
    ours = anchors_of(write(tmp_path / "ours", home="a", only="b"))
    theirs = anchors_of(write(tmp_path / "theirs", home="c", other="d"))
    assert list(differences(ours, ours)) == []
    assert list(differences(ours, theirs)) == [
        "./#a: only with MkDocs",
        "./#a-3: only with MkDocs",
        "./#c: only with Zensical",
        "./#c-3: only with Zensical",
        "only/: only with MkDocs",
        "other/: only with Zensical",
    ]


def stand_in(path: Path, script: str) -> str:
    """An executable in Zensical's place."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(("changed", "code"), [(False, 0), (True, 1)])
def test_the_command_reports_and_fails_on_a_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], changed: bool, code: int
) -> None:
    write(tmp_path / "site", home="a", b="c")
    theirs = write(tmp_path / "theirs", home="a", b="d" if changed else "c")
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "mkdocs.yml").write_text("")
    tool = stand_in(tmp_path / "zensical", f"cp -r '{theirs}' '{tmp_path / 'build' / 'zensical'}'")
    monkeypatch.chdir(tmp_path)
    assert main([tool]) == code
    summary = capsys.readouterr().out.splitlines()[-1]
    assert summary == f"2 pages and 4 anchors with MkDocs, 2 pages with Zensical: {4 * changed} differences and faults"
    assert "default-src" in (tmp_path / "build" / "zensical" / "index.html").read_text()
    assert (tmp_path / "build" / "zensical.yml").read_text() == "INHERIT: mkdocs.yml\nsite_dir: zensical\n"


def test_what_is_missing_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([]) == 2
    assert main(["zensical"]) == 1
    assert "build the site first" in capsys.readouterr().err
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "mkdocs.yml").write_text("")
    with pytest.raises(GeneratorError, match="found: No such file or directory"):
        build_with_zensical(str(tmp_path / "none"), tmp_path)
    with pytest.raises(GeneratorError, match=r"without a message, found: a; b$"):
        build_with_zensical(stand_in(tmp_path / "tool", "echo a; echo b >&2; exit 1"), tmp_path)
