"""Makes a process believe that it runs at another time, on another number of processors, on another file system.

Python imports a module of this name when it starts, in every process that has its folder on the path.
"""

import datetime
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

SECONDS = 400 * 24 * 60 * 60
PROCESSORS = 7

_time, _time_ns, _listdir, _scandir = time.time, time.time_ns, os.listdir, os.scandir


class Listing:
    """The entries of a folder, the last one first."""

    def __init__(self, path: Any = ".") -> None:
        with _scandir(path) as entries:
            self._entries = iter(sorted(entries, key=lambda entry: entry.name, reverse=True))

    def __enter__(self) -> "Listing":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Any]:
        return self._entries

    def __next__(self) -> Any:
        return next(self._entries)

    def close(self) -> None:
        """Forget the rest."""
        self._entries = iter(())


class Later(datetime.datetime):
    """A clock that is ahead."""

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> "Later":
        return cls.fromtimestamp(time.time(), tz)

    @classmethod
    def today(cls) -> "Later":
        return cls.now()

    @classmethod
    def utcnow(cls) -> "Later":
        return cls.now(datetime.UTC).replace(tzinfo=None)


class LaterDay(datetime.date):
    """A calendar that is ahead."""

    @classmethod
    def today(cls) -> "LaterDay":
        return cls.fromtimestamp(time.time())


def at_that_time(function: Callable[[float], Any]) -> Callable[..., Any]:
    """The function with the other time as its default."""
    return lambda seconds=None: function(time.time() if seconds is None else seconds)


time.time = lambda: _time() + SECONDS
time.time_ns = lambda: _time_ns() + SECONDS * 10**9
for name in ("localtime", "gmtime", "ctime"):
    setattr(time, name, at_that_time(getattr(time, name)))
replacements: dict[Any, dict[str, Any]] = {
    datetime: {"datetime": Later, "date": LaterDay},
    os: {"listdir": lambda path=".": sorted(_listdir(path), reverse=True), "scandir": Listing},
}
for module, named in replacements.items():
    for name, replacement in named.items():
        setattr(module, name, replacement)
os.cpu_count = lambda: PROCESSORS
os.sched_getaffinity = lambda _: set(range(PROCESSORS))
