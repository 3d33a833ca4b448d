"""A project to build and publish from: the real configuration and theme, with pages of its own."""

import functools
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from generator.publishing.git import git
from generator.publishing.tree import seal
from tests.sharing import made_once

from .checkout import WHOLE, make_site

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "https://fluctuations.example/"

Site = Callable[..., Path]


def make_project(root: Path) -> Path:
    """A folder with what publishing reads of a checkout."""
    root.mkdir()
    shutil.copy(ROOT / "mkdocs.yml", root)
    for folder in ("theme", "published", "pages", "assets"):
        shutil.copytree(ROOT / "templates" / folder, root / "templates" / folder)
    (root / ".gitignore").write_text("build/\nsite/\n")
    return root


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path / "project")


@pytest.fixture(scope="session", autouse=True)
def git_settings() -> Iterator[None]:
    """Git reads no settings of whoever runs the tests, from before anything else here, and does not wait for disks."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
        monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        for name, value in (("COUNT", "1"), ("KEY_0", "core.fsync"), ("VALUE_0", "none")):
            monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
        yield


@pytest.fixture(scope="session")
def small(shared: Path) -> Path:
    """A checkout with the site of the article's examples, for all tests of all processes; not to be changed."""
    return made_once(shared / "examples", functools.partial(make_site, whole=False))


@pytest.fixture(scope="session")
def compared(shared: Path, request: pytest.FixtureRequest) -> Path:
    """The same for comparing sites: of every experiment where that is asked for."""
    if not WHOLE:
        return Path(request.getfixturevalue("small"))
    return made_once(shared / "whole", functools.partial(make_site, whole=True))


@pytest.fixture(scope="session")
def first_commit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `.git` of a repository whose one commit holds the project, in few files."""
    root = make_project(tmp_path_factory.mktemp("repository") / "project")
    git(root, "init", "--quiet", "--initial-branch=main", "--template=")
    git(root, "config", "user.name", "Tester")
    git(root, "config", "user.email", "tester@example.org")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "Start")
    git(root, "repack", "--quiet", "-ad")
    return root / ".git"


@pytest.fixture
def repository(project: Path, first_commit: Path) -> Path:
    """The project as a git repository with one commit."""
    shutil.copytree(first_commit, project / ".git")
    return project


def write_site(project: Path, version: str, files: Mapping[str, str] | None = None) -> Path:
    """A small finished site for a version of a project: pages and other files by name."""
    folder = project / "site" / version
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in {"index.html": f"<h1>{version}</h1>", **(files or {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    seal(folder, f"{ADDRESS}{version}/")
    return folder


@pytest.fixture
def site(project: Path) -> Site:
    """Writes a site of the project."""
    return functools.partial(write_site, project)
