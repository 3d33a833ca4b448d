"""The few git commands that publishing needs; every failure is one line."""

import hashlib
import os
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generator.errors import GeneratorError

#: How long the lock of a reference may stand until nobody can be holding it.
_LOCK_SECONDS = 2.0


class GitError(GeneratorError):
    """A git command failed."""


def git(root: Path, *arguments: str, stdin: bytes = b"") -> str:
    """What a git command prints, without the last line end."""
    return _run(root, arguments, stdin).decode("utf-8", "replace").rstrip("\n")


def _run(root: Path, arguments: tuple[str, ...], stdin: bytes) -> bytes:
    environment = {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
    try:
        finished = subprocess.run(
            ["git", "-C", str(root), *arguments], input=stdin, capture_output=True, env=environment, check=False
        )
    except FileNotFoundError:
        raise GitError("expected git to be installed, found no such command") from None
    if finished.returncode:
        told = " ".join(finished.stderr.decode("utf-8", "replace").split()) or f"exit code {finished.returncode}"
        raise GitError(f"expected 'git {arguments[0]}' to succeed, found: {told}")
    return finished.stdout


def require_repository(root: Path) -> Path:
    """The folder that holds the repository's references, shared by all its work trees."""
    try:
        return (root / git(root, "rev-parse", "--git-common-dir")).resolve()
    except GitError as error:
        if "not a git repository" in str(error):
            raise GeneratorError(f"expected {root} to be a git repository, found none") from None
        raise


def require_committed(root: Path) -> None:
    """Refuse a work tree with changes: what is published must be what a commit says."""
    changed = [line[3:] for line in git(root, "status", "--porcelain", "--untracked-files=normal").splitlines()]
    if changed:
        named = ", ".join(changed[:5]) + (", ..." if len(changed) > 5 else "")
        raise GeneratorError(f"expected every change to be committed before publishing, found {len(changed)}: {named}")


def commit_at(root: Path, reference: str) -> str | None:
    """The commit that a full reference names, or None where there is no such reference."""
    return git(root, "for-each-ref", "--format=%(objectname)", reference) or None


def is_ancestor(root: Path, older: str, newer: str) -> bool:
    """Whether one commit is the other or lies before it."""
    return git(root, "rev-list", "-1", older, f"^{newer}") == ""


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A commit's files: the object name of each by its path. Without a commit there are none."""

    commit: str | None
    algorithm: str
    objects: Mapping[str, str] = field(default_factory=dict)

    def under(self, folder: str) -> dict[str, str]:
        """The object names of a folder's files by their path inside it."""
        start = f"{folder}/"
        return {path.removeprefix(start): name for path, name in self.objects.items() if path.startswith(start)}

    def name_of(self, content: bytes) -> str:
        """The object name under which the repository stores a content."""
        return hashlib.new(self.algorithm, b"blob %d\0" % len(content) + content).hexdigest()


def snapshot(root: Path, commit: str | None) -> Snapshot:
    """The files of a commit."""
    algorithm = git(root, "rev-parse", "--show-object-format")
    entries = git(root, "ls-tree", "-r", "-z", "--full-tree", commit).split("\0") if commit else []
    objects = {}
    for entry in filter(None, entries):
        kind, path = entry.split("\t", 1)
        objects[path] = kind.split()[2]
    return Snapshot(commit=commit, algorithm=algorithm, objects=objects)


def read_file(root: Path, files: Snapshot, path: str) -> bytes | None:
    """The content of a file in a commit, or None where it has no such file."""
    name = files.objects.get(path)
    return None if name is None else _run(root, ("cat-file", "blob", name), b"")


def swap_reference(root: Path, reference: str, new: str, old: str | None) -> bool:
    """Let a reference name another commit, if it still names the old one; False where somebody was faster."""
    try:
        git(root, "update-ref", reference, new, old or "")
    except GitError:
        if commit_at(root, reference) == old:
            raise
        return False
    return True


def break_locks(folder: Path, names: Iterable[str]) -> None:
    """Remove the locks that a killed git left on references; one that is in use is gone within milliseconds."""
    deadline = time.monotonic() + _LOCK_SECONDS
    for name in names:
        lock = folder / f"{name}.lock"
        while lock.exists():
            if time.monotonic() > deadline:
                lock.unlink(missing_ok=True)
            time.sleep(0.01)
