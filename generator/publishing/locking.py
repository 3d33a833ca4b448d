"""One build at a time, on what the one before it left."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from generator.errors import GeneratorError
from generator.files import make_folder
from generator.publishing.tree import heal


@contextmanager
def only_build(root: Path, target: Path) -> Iterator[None]:
    """Wait for other builds of the project, then finish or undo what a killed one left; may be entered again.

    Whatever the disk refuses is told as an error, and the target is left as it was or as it was to become.
    """
    make_folder(root / "build")
    try:
        with filelock.FileLock(root / "build" / "site.lock", is_singleton=True):
            heal(target)
            try:
                yield
            finally:
                heal(target)
    except OSError as error:
        raise GeneratorError(f"expected to write the site, found {error.strerror}: {error.filename}") from error
