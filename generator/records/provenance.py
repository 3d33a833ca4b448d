"""Where a result comes from: versions, the lock, and a digest of the source that computed it."""

import functools
import hashlib
import platform
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from generator.records.sources import Source, read_source, source_file

#: Packages whose code computes results.
PACKAGES = ("keras", "numpy", "scikit-learn", "tensorflow")

#: Their import names: a key knows their version, so their source need not be read.
_VERSIONED = ("keras", "numpy", "sklearn", "tensorflow")

#: Distributions that provide TensorFlow; the CPU build comes under a name of its own.
_TENSORFLOW = ("tensorflow-cpu", "tensorflow")


def versions() -> dict[str, str]:
    """Version of each of `PACKAGES` and of Python's minor line; "absent" where it is not installed."""
    found = {name: _version(name) for name in PACKAGES if name != "tensorflow"}
    tensorflow = [v for v in map(_version, _TENSORFLOW) if v != "absent"]
    python = ".".join(platform.python_version_tuple()[:2])
    return {**found, "tensorflow": tensorflow[0] if tensorflow else "absent", "python": python}


def lock_digest(root: Path) -> str:
    """SHA-256 of the hash-locked requirements of our own builds."""
    lock = root / "requirements" / "build.txt"
    return hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else "absent"


def source_digest(modules: Iterable[str]) -> str:
    """SHA-256 of the code of these modules and of all in their packages that they import.

    Taken of the syntax tree without docstrings: a comment, a blank line or a moved checkout changes nothing.
    """
    closure = sorted(_closure(modules))
    return hashlib.sha256("".join(f"{name} {_source(name).digest}\n" for name in closure).encode()).hexdigest()


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "absent"


def _closure(modules: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = [name for name in modules if name.split(".")[0] not in _VERSIONED]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(_imported(name))
    return found


@functools.cache
def _source(module: str) -> Source:
    path = source_file(module)
    return read_source(path) if path else Source(imported=(), digest=hashlib.sha256().hexdigest())


def _imported(module: str) -> frozenset[str]:
    """Our own modules that a module imports, and the packages that it lies in."""
    package = module.split(".")[0]
    names = {module.rsplit(".", 1)[0]} if "." in module else set()
    names.update(_source(module).imported)
    return frozenset(name for name in names if name.split(".")[0] == package and source_file(name))
