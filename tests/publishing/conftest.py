"""A project to build and publish from: the real configuration and theme, with pages of its own."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from generator.publishing.git import git
from generator.publishing.tree import seal

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "https://fluctuations.example/"

Site = Callable[..., Path]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with what publishing reads of a checkout."""
    root = tmp_path / "project"
    root.mkdir()
    shutil.copy(ROOT / "mkdocs.yml", root)
    for folder in ("theme", "published", "assets"):
        shutil.copytree(ROOT / "templates" / folder, root / "templates" / folder)
    (root / ".gitignore").write_text("build/\nsite/\n")
    return root


@pytest.fixture
def repository(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project as a git repository with one commit, untouched by the settings of whoever runs the tests."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    git(project, "init", "--quiet", "--initial-branch=main")
    git(project, "config", "user.name", "Tester")
    git(project, "config", "user.email", "tester@example.org")
    git(project, "add", ".")
    git(project, "commit", "--quiet", "-m", "Start")
    return project


@pytest.fixture
def site(project: Path) -> Site:
    """Writes a small finished site for a version: pages and other files by name."""

    def write(version: str, files: Mapping[str, str] | None = None) -> Path:
        folder = project / "site" / version
        shutil.rmtree(folder, ignore_errors=True)
        for name, content in {"index.html": f"<h1>{version}</h1>", **(files or {})}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        seal(folder, f"{ADDRESS}{version}/")
        return folder

    return write
