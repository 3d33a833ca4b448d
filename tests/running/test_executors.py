"""Executors: one computation a key, failures that say what failed, no process left behind."""

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.errors import GeneratorError
from generator.running.conditions import FUNCTION
from generator.running.executors import _Queue, compute
from generator.running.store import Store
from generator.spec import Task

KEYS = [f"{i:02x}" * 32 for i in range(8)]


def task(function: str, folder: Path, batch_size: int = 8, **parameters: Any) -> Task:
    """A stub task with the parameters that sharing out reads."""
    return Task(
        function=f"tests.running.stub_tasks:{function}",
        parameters={
            "model": {"path": "m:m", "parameters": {"folder": str(folder), **parameters}},
            "optimizer": {"path": "o:o", "parameters": {}},
            "data": {"path": "d:d", "parameters": {}},
            "batch_size": batch_size,
            "epochs": 1,
            "loss": "mse",
        },
        replicates=(3, 4),
    )


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    """The folder in which each computation leaves a mark."""
    folder = tmp_path / "marks"
    folder.mkdir()
    return folder


def test_results_reach_the_store_and_progress_is_told(tmp_path: Path, marks: Path) -> None:
    """One call of `done` for each task, and one process for tasks of one program."""
    store, done = Store(root=tmp_path / "store"), []
    tasks = [(task("count", marks, batch_size=8 * (i % 2 + 1)), key) for i, key in enumerate(KEYS)]
    compute(store, tasks, 2, lambda: done.append(1))
    assert len(done) == len(KEYS)
    assert all(np.array_equal(store.read(key)["loss"], [[3.0], [4.0]]) for key in KEYS)  # type: ignore[index]
    assert len({path.name.split("-")[0] for path in marks.iterdir()}) == 2


def test_workers_go_on_with_the_network_that_they_know(tmp_path: Path) -> None:
    """The longest group first, then what is akin to it; what another worker knows comes last."""

    def training(width: int, batch_size: int) -> Task:
        made = task("", tmp_path, batch_size, width=width)
        return Task(function=FUNCTION, parameters=made.parameters, replicates=made.replicates)

    kinds = [(10, 8), (10, 32), (10, 256), (64, 8), (64, 32), (30, 8)]
    tasks = [(training(*kind), key) for kind, key in zip(kinds, KEYS, strict=False)]
    seconds = dict(zip(KEYS, (9.0, 3.0, 4.0, 8.0, 5.0, 7.0), strict=False))
    queue, taken = _Queue(tasks, 2, seconds), []
    for worker in (0, 1, 0, 1, 0, 1):
        _, key = queue.take(worker) or (None, "")
        taken.append(kinds[KEYS.index(key)])
    assert taken == [(10, 8), (64, 8), (10, 256), (64, 32), (10, 32), (30, 8)]
    assert queue.take(0) is None


@pytest.mark.slow
def test_a_key_is_computed_once_by_many(tmp_path: Path, marks: Path) -> None:
    """Eight runs at once want the same key."""
    store = Store(root=tmp_path / "store")
    runs = [
        threading.Thread(target=compute, args=(store, [(task("count", marks, seconds=0.5), KEYS[0])], 1, lambda: None))
        for _ in range(8)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert len(list(marks.iterdir())) == 1
    assert KEYS[0] in store


def test_a_failing_task_fails_the_run_and_keeps_the_others(tmp_path: Path, marks: Path) -> None:
    """What was finished before it stays in the store."""
    store = Store(root=tmp_path / "store")
    tasks = [(task("count", marks), KEYS[0]), (task("fail", marks), KEYS[1])]
    with pytest.raises(ValueError, match="no such luck"):
        compute(store, tasks, 1, lambda: None)
    assert KEYS[0] in store
    assert KEYS[1] not in store


def test_a_dead_worker_is_one_clear_line(tmp_path: Path, marks: Path) -> None:
    """Not a traceback of the pool."""
    with pytest.raises(GeneratorError, match="expected every worker to finish, found one killed"):
        compute(Store(root=tmp_path / "store"), [(task("die", marks), KEYS[0])], 1, lambda: None)


def test_an_unknown_function_is_named(tmp_path: Path, marks: Path) -> None:
    """By its import path."""
    with pytest.raises(GeneratorError, match=r"expected a function at tests\.running\.stub_tasks:absent"):
        compute(Store(root=tmp_path / "store"), [(task("absent", marks), KEYS[0])], 1, lambda: None)
