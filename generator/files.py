"""Files that are there whole or not at all, and errors that say what stood in the way."""

import contextlib
import os
import tempfile
from pathlib import Path

from generator.errors import GeneratorError


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file at once: temporary file, fsync, rename, fsync of the folder."""
    make_folder(path.parent)
    handle, name = -1, ""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary = Path(name)
        temporary.chmod(0o644)
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise GeneratorError(f"expected to write {path}, found {error.strerror or error}") from error


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, where they are missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GeneratorError(f"expected a folder at {folder}, found {error.strerror}") from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
