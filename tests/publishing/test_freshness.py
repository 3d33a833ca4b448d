"""Freshness: a site is up to date only if neither its sources nor its own files have changed."""

from pathlib import Path

import pytest

from generator.publishing.freshness import is_fresh, mark_fresh, sources_digest


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in (
        "generator/a.py",
        "templates/p.jinja",
        "records/e.json",
        "mkdocs.yml",
        "site/index.html",
        "site/x/y.html",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    mark_fresh(tmp_path, digest(tmp_path))
    return tmp_path


def digest(root: Path) -> str:
    return sources_digest(root, "dev", None)


def test_nothing_changed_is_fresh(root: Path) -> None:
    assert is_fresh(root, digest(root))


@pytest.mark.parametrize("name", ["generator/a.py", "templates/p.jinja", "records/e.json", "mkdocs.yml"])
def test_a_changed_source_is_not(root: Path, name: str) -> None:
    (root / name).write_text("changed")
    assert not is_fresh(root, digest(root))


def test_a_new_source_is_not_and_bytecode_is_none(root: Path) -> None:
    (root / "generator" / "__pycache__").mkdir()
    (root / "generator" / "__pycache__" / "a.pyc").write_text("x")
    assert is_fresh(root, digest(root))
    (root / "templates" / "new.jinja").write_text("new")
    assert not is_fresh(root, digest(root))


@pytest.mark.parametrize("change", ["edit", "remove", "add"])
def test_a_site_that_was_touched_is_not(root: Path, change: str) -> None:
    page = root / "site" / "x" / "y.html"
    if change == "edit":
        page.write_text("other words")
    elif change == "remove":
        page.unlink()
    else:
        (root / "site" / "new.html").write_text("new")
    assert not is_fresh(root, digest(root))


def test_versions_and_addresses_are_sources(root: Path) -> None:
    assert not is_fresh(root, sources_digest(root, "0.1", None))
    assert not is_fresh(root, sources_digest(root, "dev", "https://other.example/"))


def test_a_damaged_stamp_is_not_fresh(root: Path) -> None:
    (root / ".cache" / "site.json").write_text("{")
    assert not is_fresh(root, digest(root))
