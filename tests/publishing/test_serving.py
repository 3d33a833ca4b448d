"""Live preview: a change of what pages are made from is seen, and nothing else is."""

import os
import threading
from pathlib import Path

import pytest

from generator.publishing import serving


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(serving, "_SECONDS_BETWEEN_LOOKS", 0.01)
    for name in ("templates/pages/a.jinja", "records/e.json", "mkdocs.yml", "site/index.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("old")
    return tmp_path


def seen_after(root: Path, name: str, seconds: float) -> bool:
    """Whether a change of a file is noticed within some seconds."""
    changes, seen = serving._changes(root), threading.Event()

    def watch() -> None:
        next(changes)
        seen.set()

    threading.Thread(target=watch, daemon=True).start()
    later = (root / name).stat().st_mtime_ns + 10**9
    for step in range(100):
        os.utime(root / name, ns=(later + step, later + step))
        if seen.wait(seconds / 100):
            return True
    return False


@pytest.mark.parametrize("name", ["templates/pages/a.jinja", "records/e.json", "mkdocs.yml"])
def test_what_pages_are_made_from_is_watched(root: Path, name: str) -> None:
    assert seen_after(root, name, 5)


def test_the_site_itself_is_not(root: Path) -> None:
    assert not seen_after(root, "site/index.html", 0.3)
