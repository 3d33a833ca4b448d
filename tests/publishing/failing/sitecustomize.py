"""Lets one write below a folder fail, in this process or in one that it starts.

Python imports a module of this name when it starts, in every process that has its folder on the path. Writes are
counted over all processes in the file FAULT_LOG, one line each: what was done where, by which line of code. The one
numbered FAULT_AT fails with FAULT_ERROR; and so do all after it but removals, as on a full disk, where FAULT_STAYS.
"""

import builtins
import errno
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = os.environ["FAULT_FOLDER"]
LOG = os.open(os.environ["FAULT_LOG"], os.O_RDWR | os.O_CREAT | os.O_APPEND)
AT = int(os.environ.get("FAULT_AT", "0"))
ERROR = getattr(errno, os.environ.get("FAULT_ERROR", "EIO"))
STAYS = "FAULT_STAYS" in os.environ

#: Events that change something on disk, by the positions of the paths among their arguments.
EVENTS = {"os.mkdir": (0,), "os.rename": (0, 1), "os.remove": (0,), "os.rmdir": (0,), "os.chmod": (0,)}
REMOVALS = {"os.remove", "os.rmdir"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

real_open, real_fsync, real_sendfile, real_write = io.open, os.fsync, os.sendfile, os.write


def count(what: str, path: str) -> None:
    """Note a write below the folder, and fail if it is its turn."""
    if not path.startswith(FOLDER):
        return
    real_write(LOG, f"{what} {caller()}\n".encode())
    with real_open(os.environ["FAULT_LOG"], "rb") as log:
        number = log.read().count(b"\n")
    if AT and (number == AT or (STAYS and number > AT and what not in REMOVALS)):
        raise OSError(ERROR, os.strerror(ERROR), path)


def caller() -> str:
    """The innermost line of code of the project, and the innermost one outside this file."""
    frame: Any = sys._getframe()
    ours = inner = ""
    while frame is not None and not ours:
        place = f"{frame.f_code.co_filename}:{frame.f_lineno}"
        if frame.f_code.co_filename != __file__:
            inner = inner or place
            ours = place if f"{os.sep}generator{os.sep}" in place else ""
        frame = frame.f_back
    return f"{ours} {inner}"


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Count what Python tells of before it does it."""
    if event == "open" and isinstance(arguments[0], str | bytes | os.PathLike) and arguments[2] & WRITING:
        count("open", absolute(arguments[0]))
    for position in EVENTS.get(event, ()):
        if isinstance(arguments[position], str | bytes | os.PathLike):
            count(event, absolute(arguments[position]))


def absolute(path: Any) -> str:
    """A path from the root of the file system."""
    return str(Path(os.fsdecode(path)).absolute())


class Raw(io.FileIO):
    """A file whose writes are counted."""

    def write(self, content: Any) -> int:
        """Write, if it is not this write's turn to fail."""
        count("write", where(self.fileno()))
        return super().write(content) or 0


def where(descriptor: int) -> str:
    """The path of an open file."""
    return str(Path(f"/proc/self/fd/{descriptor}").readlink())


def counting_open(file: Any, mode: str = "r", buffering: int = -1, *arguments: Any, **named: Any) -> Any:
    """The built-in, with counted writes."""
    if not set(mode) & set("wax+"):
        return real_open(file, mode, buffering, *arguments, **named)
    names = ("encoding", "errors", "newline", "closefd", "opener")
    options = {**dict(zip(names, arguments, strict=False)), **named}
    raw = Raw(
        file, mode.translate({ord("b"): None, ord("t"): None}), options.get("closefd", True), options.get("opener")
    )
    buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
    if "b" in mode:
        return buffered
    return io.TextIOWrapper(buffered, options.get("encoding"), options.get("errors"), options.get("newline"))


def counted(what: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of a descriptor, counted by the descriptor's path."""

    def call(descriptor: int, *arguments: Any) -> Any:
        count(what, where(descriptor))
        return function(descriptor, *arguments)

    return call


sys.addaudithook(watch)
builtins.open = io.open = counting_open
replaced: dict[str, Callable[..., Any]] = {"fsync": real_fsync, "sendfile": real_sendfile, "write": real_write}
for name, function in replaced.items():
    setattr(os, name, counted(name, function))
