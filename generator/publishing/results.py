"""The results that can be compared: of a published version, a folder, or a commit."""

from collections.abc import Callable
from pathlib import Path

from generator.errors import GeneratorError
from generator.pages.changes import Results
from generator.publishing.git import GitError, Snapshot, commit_at, git, read_file, snapshot
from generator.settings import read_settings

_BRANCHES = ("refs/heads/gh-pages", "refs/remotes/origin/gh-pages")


def find_results(root: Path, name: str, address: str | None = None) -> Results:
    """The results of a version or alias, a folder (a checkout, with `site/` if it is built, or a site), or a commit.

    `address` is where the files of a folder or commit can be seen, such as that of a preview.
    """
    published = snapshot(root, next(filter(None, (commit_at(root, branch) for branch in _BRANCHES)), None))
    if published.under(name):
        address = f"{read_settings(root).address}{name}/"
        return Results(name=name, read=version_reader(root, published, name), address=address)
    if Path(name).is_dir():
        label = "this checkout" if name == "." else name
        return Results(name=label, read=lambda path: _in_folder(Path(name), path), address=address)
    try:
        commit = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    except GitError:
        raise GeneratorError(f"expected a published version, a folder or a commit, found {name!r}") from None
    files = snapshot(root, commit)
    label = commit[:12] if name == commit else name
    return Results(name=label, read=lambda path: read_file(root, files, path), address=address)


def version_reader(root: Path, published: Snapshot, version: str) -> Callable[[str], bytes | None]:
    """Reads the files of a published version by their path in it."""
    return lambda path: read_file(root, published, f"{version}/{path}")


def _in_folder(folder: Path, path: str) -> bytes | None:
    found = (place for place in (folder / path, folder / "site" / path) if place.is_file())
    return next((place.read_bytes() for place in found), None)
