"""Whether site/ is already what the sources would give, told in milliseconds from a stamp of the last build."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from generator.files import write_atomically

#: Everything that a build of the site reads, below the root.
_SOURCES = ("generator", "templates", "records", "mkdocs.yml", "pyproject.toml", "requirements")

_STAMP = Path(".cache") / "site.json"


def sources_digest(root: Path, version: str, address: str | None) -> str:
    """SHA-256 over every source file and what the build is told."""
    digest = hashlib.sha256(f"{version}\n{address}\n".encode())
    for path in _files(root):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def is_fresh(root: Path, digest: str) -> bool:
    """Whether the site was made from these sources and no file of it has changed since."""
    try:
        stamp = json.loads((root / _STAMP).read_text())
    except (OSError, ValueError):
        return False
    return bool(stamp == {"sources": digest, "site": _listing(root / "site")})


def mark_fresh(root: Path, digest: str) -> None:
    """Remember what the site was made from."""
    stamp = {"sources": digest, "site": _listing(root / "site")}
    write_atomically(root / _STAMP, json.dumps(stamp).encode())


def _files(root: Path) -> Iterator[Path]:
    for name in _SOURCES:
        path = root / name
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (file for file in found if file.is_file() and "__pycache__" not in file.parts)


def _listing(site: Path) -> str:
    """A digest of names, sizes and times, which any change to the site alters."""
    if not site.is_dir():
        return "absent"
    entries = [
        f"{path.relative_to(site).as_posix()} {stat.st_size} {stat.st_mtime_ns}"
        for path in sorted(site.rglob("*"))
        if path.is_file()
        for stat in [path.stat()]
    ]
    return hashlib.sha256("\n".join(entries).encode()).hexdigest()
