"""A disk that is full, broken or read-only at any moment of a run: one line, and the next run has what it needs."""

import errno
import itertools
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from generator.errors import GeneratorError
from generator.running import executors
from generator.running.executors import KeyedTask
from generator.running.run import run
from generator.running.store import Store

from .killed_run import EXPERIMENT, silent

pytestmark = pytest.mark.slow

#: Every call through which a file or folder comes to be.
CALLS = ((Path, "mkdir"), (tempfile, "mkstemp"), (os, "fdopen"), (os, "fsync"), (Path, "replace"))


class Disk:
    """Counts the calls that write and refuses one of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.refused: int | None = None
        self.code, self.calls = 0, itertools.count()
        for owner, name in CALLS:
            monkeypatch.setattr(owner, name, self._watched(getattr(owner, name)))

    def refuse(self, call: int | None, code: int = 0) -> None:
        """Start counting again; the `call`-th call fails with an error code."""
        self.refused, self.code, self.calls = call, code, itertools.count()

    def _watched(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: Any, **options: Any) -> Any:
            if next(self.calls) == self.refused:
                raise OSError(self.code, os.strerror(self.code))
            return function(*arguments, **options)

        return watched


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    """A disk under a run that computes in this process."""

    def compute(
        store: Store, tasks: Sequence[KeyedTask], _workers: int, done: Callable[[], None], _: Mapping[str, float] | None
    ) -> None:
        for task, key in tasks:
            executors.compute_one(store.root, task, key)
            done()

    monkeypatch.setattr(executors, "compute", compute)
    made = Disk(monkeypatch)
    yield made
    made.refuse(None)


def run_in(root: Path) -> bytes:
    run([EXPERIMENT], root, workers=1, progress=silent)
    return (root / "records" / "stub.json").read_bytes()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_each_write_may_fail(code: int, disk: Disk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The error names what could not be written; an undisturbed run afterwards gives the same record."""
    run_in(tmp_path / "before")  # A checkout's first run also keeps what it parsed of the sources.
    disk.refuse(None)
    expected, count = run_in(tmp_path / "whole"), next(disk.calls)
    for call in range(count):
        root = tmp_path / str(call)
        disk.refuse(call, code)
        with pytest.raises((GeneratorError, OSError), match=os.strerror(code)) as caught:
            run_in(root)
        assert "\n" not in str(caught.value)
        disk.refuse(None)
        assert run_in(root) == expected
        assert not list(root.rglob(".stub.json.*"))
    with capsys.disabled():
        print(f"\n{os.strerror(code)} at each of {count} writes of a run: 0 lost or wrong")
