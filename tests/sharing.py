"""What tests of several processes share."""

from collections.abc import Callable
from pathlib import Path

import filelock


def made_once(path: Path, make: Callable[[Path], object]) -> Path:
    """A file or folder that the first process to need it makes; it is complete when it stands at its path."""
    with filelock.FileLock(path.with_name(f"{path.name}.lock")):
        if not path.exists():
            aside = path.with_name(f"{path.name}.aside")
            make(aside)
            aside.rename(path)
    return path
