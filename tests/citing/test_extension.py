"""One line of a page becomes a figure: with Python-Markdown alone, and in a strict build of MkDocs."""

import importlib
import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import markdown
import pytest

from generator.citing.catalogue import Catalogue
from generator.citing.citations import formatted
from generator.citing.extension import FiguresExtension, makeExtension
from generator.errors import GeneratorError

from .conftest import document

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

#: What Material for MkDocs and Zensical are configured with here.
OTHERS = ["admonition", "attr_list", "fenced_code", "md_in_html", "tables", "toc"]


def shown(text: str, published: Path) -> str:
    return markdown.markdown(text, extensions=[*OTHERS, FiguresExtension(published=str(published))])


def build(project: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


def test_a_line_shows_what_cite_prints(published: Path, catalogue: Catalogue) -> None:
    page = shown("Before.\n\n![](figure:fig-rate@0.2)\n\nAfter.", published)
    expected = formatted(catalogue.citation("fig-rate", "0.2"), "html").strip()
    assert page == f"<p>Before.</p>\n{expected}\n\n<p>After.</p>"
    for part in (
        'href="https://figures.example/docs/f/a2a2a2a2a2a2/"',
        'src="https://figures.example/docs/f/a2a2a2a2a2a2/fig-rate.svg"',
        'alt="What fig-rate shows: 1 &lt; 2"',
        "Caption of fig-rate.",
        "A. Author, B. O&#x27;Neil (2026).",
    ):
        assert part in page


def test_a_line_may_touch_its_neighbours_and_stand_inside_others(published: Path) -> None:
    page = shown("!!! note\n    Before.\n    ![Mine](figure:fig-rate@latest)\n    *After.*", published)
    assert "Before.</p>" in page
    assert "<figcaption>Mine A. Author" in page
    assert "<em>After.</em>" in page
    assert page.index("<figure>") > page.index("admonition")


@pytest.mark.parametrize(
    "text",
    [
        "```\n![](figure:fig-rate@9)\n```",
        "    ![](figure:fig-rate@9)",
        "`![](figure:fig-rate@9)`",
        "![](other.png)",
        "See ![](figure:fig-rate@9) here.",
    ],
)
def test_code_and_prose_are_left_alone(text: str, published: Path) -> None:
    assert shown(text, published) == markdown.markdown(text, extensions=OTHERS)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("![](figure:fig-rats@0.3)", r"figure:fig-rats@0\.3\): unknown figure 'fig-rats'; did you mean 'fig-rate'\?"),
        ("![](figure:fig-rate@0.9)", r"unknown version of fig-rate '0\.9'; did you mean '0\.3'\?"),
        ("![](figure:fig-rate)", "expected a version behind '@', found none; the newest is 0.3"),
        ("![](figure:@0.3)", "unknown figure ''"),
    ],
)
def test_what_does_not_exist_is_a_clear_line(line: str, message: str, published: Path) -> None:
    with pytest.raises(GeneratorError, match=message) as caught:
        shown(line, published)
    assert "\n" not in str(caught.value)


def test_what_was_declared_stands_in_the_caption(published: Path) -> None:
    assert "erratum of 2026-05-01: The axis was wrong." in shown("![](figure:fig-batch-size@0.2)", published)
    assert "withdrawal of 2026-06-01: Wrong data." in shown("![](figure:fig-early-stopping@0.3)", published)
    assert "superseded" not in shown("![](figure:fig-rate@0.1)", published)


def test_the_list_must_be_named() -> None:
    with pytest.raises(GeneratorError, match="expected 'published' in the options"):
        markdown.markdown("x", extensions=[makeExtension()])


def test_the_entry_point_names_the_extension() -> None:
    points = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["markdown.extensions"]
    module, _, name = points["fluctuations"].partition(":")
    assert getattr(importlib.import_module(module), name) is FiguresExtension


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = shutil.copytree(HERE / "projects" / "mkdocs", tmp_path / "team")
    (folder / "figures.json").write_text(json.dumps(document()))
    return folder


@pytest.mark.slow
def test_a_strict_build_of_mkdocs_cites_three_figures(project: Path) -> None:
    built = build(project)
    assert (built.returncode, built.stdout, built.stderr) == (0, "", "")
    page = (project / "site" / "index.html").read_text()
    assert page.count("<figure>") == 3
    for data in ("a3", "b3", "c1"):
        assert f'<a href="https://figures.example/docs/f/{data * 6}/"><img ' in page


@pytest.mark.slow
def test_a_build_with_a_figure_that_does_not_exist_fails_and_says_which(project: Path) -> None:
    page = project / "docs" / "index.md"
    page.write_text(page.read_text().replace("fig-rate@0.3", "fig-rate@0.7"))
    built = build(project)
    assert built.returncode != 0
    assert "unknown version of fig-rate '0.7'" in built.stderr
    assert "index.md" in built.stderr
