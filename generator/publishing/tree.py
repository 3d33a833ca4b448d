"""A site's folder: which of its files are published, and how a new one takes the place of the old one as a whole."""

import ctypes
import hashlib
import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from generator.errors import GeneratorError

#: Stands in every folder that a build may replace; a hidden file, so it is never published.
MARKER = ".fluctuations"

#: The only hidden file that belongs to the project and not to the build.
KEPT = ".gitignore"


@dataclass(frozen=True, kw_only=True)
class Seal:
    """What the marker says of a finished site: the address that it was built for and the digest of its files."""

    address: str
    digest: str


def published_files(site: Path) -> dict[str, Path]:
    """The files of a site by their path inside it, sorted; hidden files and folders are left out."""
    found = {}
    for path in sorted(site.rglob("*")):
        parts = path.relative_to(site).parts
        if any(part.startswith(".") for part in parts):
            continue
        if path.is_symlink():
            raise GeneratorError(f"expected ordinary files in {site}, found the symbolic link {'/'.join(parts)}")
        if path.is_file():
            found["/".join(parts)] = path
    return found


def digest_of_files(files: dict[str, bytes]) -> str:
    """SHA-256 over the names and contents of files."""
    names = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return hashlib.sha256(json.dumps(names, sort_keys=True).encode()).hexdigest()


def seal(site: Path, address: str) -> None:
    """Mark a finished and checked site as ours, with permissions that do not depend on who built it."""
    files = {name: path.read_bytes() for name, path in published_files(site).items()}
    marker = {"address": address, "digest": digest_of_files(files)}
    (site / MARKER).write_text(json.dumps(marker, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    for path in [site, *site.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def read_seal(site: Path) -> Seal | None:
    """The marker of a site, or None where a build did not finish there."""
    try:
        marker = json.loads((site / MARKER).read_text(encoding="utf-8"))
        return Seal(address=str(marker["address"]), digest=str(marker["digest"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def require_ours(target: Path) -> None:
    """Refuse to replace a folder that holds anything and was not built here."""
    if not target.exists():
        return
    if not target.is_dir():
        raise GeneratorError(f"expected a folder for the site at {target}, found a file; nothing was deleted")
    strangers = sorted(path.name for path in target.iterdir() if path.name not in {KEPT, MARKER})
    if strangers and not (target / MARKER).is_file():
        raise GeneratorError(
            f"expected {target} to be empty or a site built here (with {MARKER}), found {strangers[0]!r}; "
            "nothing was deleted"
        )


def heal(target: Path) -> None:
    """Finish or undo what a build that was killed left beside the target."""
    old = beside(target, "old")
    if old.exists() and not target.exists():
        old.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    shutil.rmtree(beside(target, "new"), ignore_errors=True)


def swap(new: Path, target: Path) -> None:
    """Put a finished folder in the target's place; at no moment is the target half of each."""
    if (target / KEPT).is_file():
        shutil.copyfile(target / KEPT, new / KEPT)
    if not target.exists():
        new.rename(target)
    elif not _exchanged(new, target):
        target.rename(beside(target, "old"))
        new.rename(target)
    heal(target)


def _exchanged(one: Path, other: Path) -> bool:
    """Whether two folders could exchange their names in a single step, which Linux offers on most file systems."""
    if sys.platform != "linux":
        return False
    system = ctypes.CDLL(None)
    at_working_folder, exchange = -100, 2
    if not hasattr(system, "renameat2"):
        return False
    paths = [argument for path in (one, other) for argument in (at_working_folder, os.fsencode(path))]
    return bool(system.renameat2(*paths, exchange) == 0)


def beside(target: Path, state: str) -> Path:
    """The hidden neighbour of the target in which a build works: a rename between the two is atomic."""
    return target.with_name(f".{target.name}.{state}")
