"""Processes that are measured: started alike on both sides, timed from outside, or kept waiting to be asked again."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from generator.errors import GeneratorError

#: The checkout.
ROOT = Path(__file__).resolve().parents[1]

#: Would make every process compile its imports anew, on both sides.
_UNWANTED = ("PYTHONDONTWRITEBYTECODE",)


def environment(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a measured process finds: this one's environment with bytecode kept and TensorFlow's log silent."""
    kept = {name: value for name, value in os.environ.items() if name not in _UNWANTED}
    return {**kept, "TF_CPP_MIN_LOG_LEVEL": "3", **(changes or {})}


def timed(module: str, *arguments: str, folder: Path = ROOT) -> tuple[float, str]:
    """Seconds from starting `python -m module` until it has ended, and what it printed."""
    start = time.perf_counter()
    finished = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=folder, env=environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    seconds = time.perf_counter() - start
    if finished.returncode:
        raise _failure(module, finished.stderr or finished.stdout)
    return seconds, finished.stdout


class Waiting:
    """A prepared process that does one repetition whenever it is asked, and tells what it measured."""

    def __init__(self, module: str, process: subprocess.Popen[str], errors: IO[str]) -> None:
        self.module, self._process, self._errors = module, process, errors
        self.answer()

    def ask(self, what: str = "") -> None:
        """Start a repetition."""
        self._file(self._process.stdin).write(f"{what}\n")
        self._file(self._process.stdin).flush()

    def answer(self) -> Any:
        """Wait for the end of a repetition; returns what the process tells."""
        line = self._file(self._process.stdout).readline()
        if not line:
            self._errors.seek(0)
            raise _failure(self.module, self._errors.read())
        return json.loads(line)

    @staticmethod
    def _file(file: IO[str] | None) -> IO[str]:
        assert file is not None
        return file


@contextlib.contextmanager
def waiting(module: str, *arguments: str, changes: Mapping[str, str] | None = None) -> Iterator[Waiting]:
    """Start `python -m module` and wait until it is ready; it ends with the context."""
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT, env=environment(changes), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
        )  # fmt: skip
        try:
            yield Waiting(module, process, errors)
        finally:
            with contextlib.suppress(BrokenPipeError):
                process.communicate()


def together(processes: Sequence[Waiting], what: str = "") -> tuple[float, list[Any]]:
    """Seconds for one repetition of every process at once, and what each tells."""
    start = time.perf_counter()
    for process in processes:
        process.ask(what)
    answers = [process.answer() for process in processes]
    return time.perf_counter() - start, answers


def _failure(module: str, output: str) -> GeneratorError:
    lines = [line for line in output.splitlines() if line.strip()]
    return GeneratorError(f"expected python -m {module} to finish, found: {lines[-1] if lines else 'no message'}")
