"""Whether experiments give the same bits on a processor without AVX-512: here, and emulated by QEMU.

`python -m generator.running.cpu_check [EXPERIMENT]...` runs every condition in small, natively and under
`qemu-x86_64-static -cpu Haswell-v4`, and exits 1 where a bit differs.
"""

import dataclasses
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence

import numpy as np

from generator import environment, experiments
from generator.errors import GeneratorError
from generator.running.conditions import CHUNK, resolve, tasks
from generator.spec import Condition, Measurement, Task, digest_of

#: A processor with AVX2 and without AVX-512.
EMULATOR = ("qemu-x86_64-static", "-cpu", "Haswell-v4")

#: Enough for every operation of a run to be repeated on weights that have moved.
EPOCHS = 3

#: Parameters of measurements that tell epochs of the whole run, or how often to repeat, as they are in small.
_IN_SMALL = {"checkpoints": (0, 1, EPOCHS), "first": 1, "comparisons": 2}

#: What measures its curves by itself needs them whole.
_WHOLE = ("generator.running.calibration:trained_pairs",)


def digests(names: Sequence[str]) -> dict[str, str]:
    """SHA-256 of all curves of each condition, trained for a few epochs; once where experiments share it."""
    chosen = [experiments.find(name) for name in names] if names else list(experiments.load().values())
    small = {f"{e.id}/{name}/{role}": tasks(_short(c), range(CHUNK))[0] for e in chosen for name, role, c in e.cells()}
    keys = {cell: digest_of(task) for cell, task in small.items()}
    computed = {key: _digest(task) for key, task in {keys[cell]: task for cell, task in small.items()}.items()}
    return {cell: computed[key] for cell, key in keys.items()}


def emulated_digests(names: Sequence[str]) -> dict[str, str]:
    """The same from a process under the emulator."""
    if shutil.which(EMULATOR[0]) is None:
        raise GeneratorError(f"expected {EMULATOR[0]} (Debian's package qemu-user-static), found none")
    command = [*EMULATOR, sys.executable, "-m", "generator.running.cpu_check", "--digests", *names]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if run.returncode:
        raise GeneratorError(f"expected the emulated run to finish, found exit code {run.returncode}")
    found: dict[str, str] = json.loads(run.stdout)
    return found


def main(arguments: Sequence[str]) -> int:
    """Print which conditions agree, or with `--digests` the digests of this processor."""
    environment.apply()
    if arguments[:1] == ["--digests"]:
        print(json.dumps(digests(arguments[1:])))
        return 0
    here, there = digests(arguments), emulated_digests(arguments)
    for cell, digest in here.items():
        print(f"{'identical' if there[cell] == digest else 'DIFFERENT'}  {cell}")
    differing = sum(there[cell] != digest for cell, digest in here.items())
    print(f"{len(here) - differing} of {len(here)} conditions give identical bits on {EMULATOR[2]}")
    return 1 if differing else 0


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
