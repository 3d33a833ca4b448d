"""Whether experiments give the same bits with more threads, without processor features, and without AVX-512.

`python -m generator.running.cpu_check [--in CIRCUMSTANCE]... [EXPERIMENT]...` runs every condition in small, as records
are made and in each other circumstance (all by default), and exits 1 where a bit differs.
"""

import dataclasses
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import click
import numpy as np

from generator import environment, experiments
from generator.errors import GeneratorError
from generator.running.conditions import CHUNK, resolve, tasks
from generator.spec import Condition, Measurement, Task


@dataclass(frozen=True, kw_only=True)
class Circumstance:
    """What is otherwise than when records are made: settings, and a processor that is emulated."""

    settings: Mapping[str, str] = field(default_factory=dict)
    emulator: tuple[str, ...] = ()


def _threads(count: int) -> Circumstance:
    names = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return Circumstance(settings=dict.fromkeys(names, str(count)))


#: What results must not depend on. The emulated processor has AVX2 and no AVX-512.
CIRCUMSTANCES = {
    "2-threads": _threads(2),
    "4-threads": _threads(4),
    "no-features": Circumstance(
        settings={
            "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
            "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX512F,-ERMS",
        }
    ),
    "qemu": Circumstance(emulator=("qemu-x86_64-static", "-cpu", "Haswell-v4")),
}

#: What a process of its own does: take over the settings, so that no import sets others, and only then import numpy.
_CHILD = """
import json, sys
from generator import environment
environment.SETTINGS.update(json.loads(sys.argv[1]))
from generator.running.cpu_check import digests
print(json.dumps(digests(sys.argv[2])))
"""

#: Enough for every operation of a run to be repeated on weights that have moved.
EPOCHS = 3

#: Parameters of measurements that tell epochs of the whole run, or how often to repeat, as they are in small.
_IN_SMALL = {"checkpoints": (0, 1, EPOCHS), "first": 1, "comparisons": 2, "epoch": EPOCHS, "orders": 2}

#: What measures its curves by itself needs them whole.
_WHOLE = ("generator.running.calibration:trained_pairs",)


def digests(name: str) -> dict[str, str]:
    """SHA-256 of all curves of each of an experiment's conditions, trained for a few epochs."""
    if environment.apply():
        raise GeneratorError("expected numpy to be imported under a run's settings, found it imported before them")
    cells = experiments.find(name).cells()
    return {f"{name}/{data_set}/{role}": _digest(tasks(_short(c), range(CHUNK))[0]) for data_set, role, c in cells}


def digests_in(circumstance: Circumstance, name: str) -> dict[str, str]:
    """The same from a process of its own, which has its settings before it imports anything."""
    settings = {**environment.SETTINGS, **circumstance.settings}
    command = [*circumstance.emulator, sys.executable, "-c", _CHILD, json.dumps(settings), name]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **settings}, check=False)
    if run.returncode:
        raise GeneratorError(f"{name}: expected a run in {circumstance} to finish, found exit code {run.returncode}")
    found: dict[str, str] = json.loads(run.stdout)
    return found


@click.command()
@click.option("--in", "chosen", multiple=True, type=click.Choice(list(CIRCUMSTANCES)), default=tuple(CIRCUMSTANCES))
@click.argument("names", nargs=-1)
def main(chosen: tuple[str, ...], names: tuple[str, ...]) -> None:
    """Print which conditions of the named experiments (all by default) agree."""
    for tool in {CIRCUMSTANCES[name].emulator[0] for name in chosen if CIRCUMSTANCES[name].emulator}:
        if shutil.which(tool) is None:
            raise GeneratorError(f"expected {tool} (Debian's package qemu-user-static), found none")
    alike = [same for name in names or experiments.load() for same in _compared(name, chosen)]
    print(f"{sum(alike)} of {len(alike)} runs give identical bits: {', '.join(chosen)}")
    sys.exit(0 if all(alike) else 1)


def _compared(name: str, chosen: Sequence[str]) -> list[bool]:
    """Whether each condition of an experiment agrees in each circumstance, printed as soon as it is known."""
    expected, alike = digests_in(Circumstance(), name), []
    for circumstance in chosen:
        found = digests_in(CIRCUMSTANCES[circumstance], name)
        for cell, digest in expected.items():
            print(f"{'identical' if found[cell] == digest else 'DIFFERENT'}  {circumstance}  {cell}", flush=True)
        alike += [found[cell] == digest for cell, digest in expected.items()]
    return alike


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
    try:
        main()
    except GeneratorError as error:
        sys.exit(f"error: {error}")
