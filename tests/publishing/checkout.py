"""A checkout of the project in a folder of its own, and its command line there."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (
    "generator",
    "templates",
    "records",
    "requirements",
    "mkdocs.yml",
    "pyproject.toml",
    "LICENSE",
    "LICENSES.md",
)

#: Whether sites that are compared hold every experiment, as `nox -s faults` has them.
WHOLE = os.environ.get("FLUCTUATIONS_SITE") == "whole"

#: The experiments of a small site, the fewest that the home page speaks of.
EXAMPLES = ("batch-size", "early-stopping", "learning-rate")

#: The environment of a command, without anything that whoever runs the tests has set.
CLEAN = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV") if name in os.environ}

BUILD = ("build", "--frozen", "--workers", "1")

#: The circumstances of the site that tests share.
HERE = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}


def make_checkout(root: Path, *, whole: bool) -> Path:
    """Copy what a build reads, of every experiment or of the article's examples alone."""
    root.mkdir(parents=True)
    for source in SOURCES:
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, root / source, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, root)
    (root / ".gitignore").write_text("build/\nsite/\n.cache/\n")
    if not whole:
        _leave_examples(root)
    return root


def _leave_examples(root: Path) -> None:
    """Take every other experiment out of a checkout, with its records, as if it had never been written."""
    for declared in (root / "generator" / "experiments").glob("[!_]*.py"):
        name = declared.stem.replace("_", "-")
        if name not in EXAMPLES:
            for path in (declared, *(root / "records").rglob(f"{name}.json")):
                path.unlink()


def start(
    root: Path, *arguments: str, environment: Mapping[str, str] | None = None, umask: int = 0o022
) -> "subprocess.Popen[str]":
    """Run a command of the checkout in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "generator", *arguments],
        cwd=root,
        umask=umask,
        env={**CLEAN, "HOME": str(root.parent), **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(process: "subprocess.Popen[str]") -> float:
    """Let a process come to its end; how long it took."""
    began = time.monotonic()
    _, told = process.communicate(timeout=300)
    assert (process.returncode, told) == (0, "")
    return time.monotonic() - began


def make_site(root: Path, *, whole: bool) -> None:
    """A checkout and its site, built from nothing."""
    finish(start(make_checkout(root, whole=whole), *BUILD[:-1], "2", environment=HERE))


def tree(folder: Path) -> dict[str, tuple[int, str]]:
    """Permissions and digest of everything in a folder, by name."""
    return {
        path.relative_to(folder).as_posix(): (
            path.stat().st_mode,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in sorted(folder.rglob("*"))
    }
