"""Importing TensorFlow and Keras in a worker, without what only others need of them."""

import contextlib
import gc
import sys
from collections.abc import Iterator

from generator.training.stages import IMPORTING, stage

#: Keras looks for these and imports what it finds, for wrappers and plots that no run uses: as long as Keras itself.
_UNUSED = ("matplotlib", "scipy", "sklearn")


@contextlib.contextmanager
def quick_import() -> Iterator[None]:
    """Make the unused packages look absent, and leave what is imported out of garbage collection.

    Afterwards they can be imported as ever. Halves the time that a worker needs to start.
    """
    hidden = [name for name in _UNUSED if name not in sys.modules and "keras" not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None is how an absent module is marked
    collecting = gc.isenabled()
    gc.disable()
    try:
        with stage(IMPORTING):
            yield
    finally:
        for name in hidden:
            del sys.modules[name]
        if collecting:
            gc.enable()
            gc.freeze()
