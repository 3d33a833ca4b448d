"""Whether experiments give the same bits on a processor without AVX-512: here, and emulated by QEMU.

`python -m generator.running.cpu_check [EXPERIMENT]...` runs every condition in small, natively and under
`qemu-x86_64-static -cpu Haswell-v4`, and exits 1 where a bit differs.
"""

import dataclasses
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

import numpy as np

from generator import environment, experiments
from generator.errors import GeneratorError
from generator.running.conditions import CHUNK, resolve, tasks
from generator.spec import Condition, Measurement, Task

#: A processor with AVX2 and without AVX-512.
EMULATOR = ("qemu-x86_64-static", "-cpu", "Haswell-v4")

#: Enough for every operation of a run to be repeated on weights that have moved.
EPOCHS = 3

#: Parameters of measurements that tell epochs of the whole run, or how often to repeat, as they are in small.
_IN_SMALL = {"checkpoints": (0, 1, EPOCHS), "first": 1, "comparisons": 2}

#: What measures its curves by itself needs them whole.
_WHOLE = ("generator.running.calibration:trained_pairs",)


def digests(name: str) -> dict[str, str]:
    """SHA-256 of all curves of each of an experiment's conditions, trained for a few epochs."""
    if environment.apply():
        raise GeneratorError("expected numpy to be imported under a run's settings, found it imported before them")
    cells = experiments.find(name).cells()
    return {f"{name}/{data_set}/{role}": _digest(tasks(_short(c), range(CHUNK))[0]) for data_set, role, c in cells}


def digests_under(emulator: Sequence[str], name: str) -> dict[str, str]:
    """The same from a process of its own, which has a run's settings before it imports anything."""
    command = [*emulator, sys.executable, "-m", "generator.running.cpu_check", "--digests", name]
    run = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment.SETTINGS}, check=False
    )
    if run.returncode:
        raise GeneratorError(f"{name}: expected {' '.join(emulator) or 'a run'} to finish, found {run.returncode}")
    found: dict[str, str] = json.loads(run.stdout)
    return found


def main(arguments: Sequence[str]) -> int:
    """Print which conditions of the named experiments (all by default) agree, or `--digests` of one of them."""
    if arguments[:1] == ["--digests"]:
        print(json.dumps(digests(arguments[1])))
        return 0
    if shutil.which(EMULATOR[0]) is None:
        raise GeneratorError(f"expected {EMULATOR[0]} (Debian's package qemu-user-static), found none")
    alike = [same for name in arguments or experiments.load() for same in _compared(name)]
    print(f"{sum(alike)} of {len(alike)} conditions give identical bits on {EMULATOR[2]}")
    return 0 if all(alike) else 1


def _compared(name: str) -> list[bool]:
    """Whether each condition of an experiment agrees, printed as soon as it is known."""
    here, there = digests_under((), name), digests_under(EMULATOR, name)
    for cell, digest in here.items():
        print(f"{'identical' if there[cell] == digest else 'DIFFERENT'}  {cell}", flush=True)
    return [there[cell] == digest for cell, digest in here.items()]


def _digest(task: Task) -> str:
    arrays = resolve(task.function)(task.parameters, task.replicates)
    content = b"".join(np.ascontiguousarray(arrays[name]).tobytes() for name in sorted(arrays))
    return hashlib.sha256(content).hexdigest()


def _short(condition: Condition | Measurement) -> Condition | Measurement:
    if not isinstance(condition, Measurement):
        return _shortened(condition)
    if condition.function.path in _WHOLE:
        return condition
    given = condition.function.parameters
    function = condition.function.with_parameters(**{name: _IN_SMALL[name] for name in given if name in _IN_SMALL})
    return dataclasses.replace(
        condition, function=function, condition=condition.condition and _shortened(condition.condition)
    )


def _shortened(condition: Condition) -> Condition:
    return dataclasses.replace(condition, epochs=min(condition.epochs, EPOCHS))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
