"""Where a task's time goes: seconds by stage, collected while it runs; never a part of its results."""

import contextlib
import contextvars
import time
from collections.abc import Iterator

#: Importing TensorFlow and Keras; tracing and compiling programs, with each one's first call.
IMPORTING, COMPILING = "import", "compile"

_seconds: contextvars.ContextVar[dict[str, float] | None] = contextvars.ContextVar("seconds", default=None)


@contextlib.contextmanager
def collected() -> Iterator[dict[str, float]]:
    """Give a mapping that is filled with the seconds of each stage meanwhile entered."""
    seconds: dict[str, float] = {}
    token = _seconds.set(seconds)
    try:
        yield seconds
    finally:
        _seconds.reset(token)


@contextlib.contextmanager
def stage(name: str) -> Iterator[None]:
    """Count the time within to a stage, where somebody collects; stages do not lie within each other."""
    start = time.perf_counter()
    try:
        yield
    finally:
        seconds = _seconds.get()
        if seconds is not None:
            seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - start
