"""A Dask cluster on this machine gives the bits of a local run, also where a worker is killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from generator.errors import GeneratorError
from generator.experiments import load
from generator.running import cluster, executors
from generator.running.conditions import tasks
from generator.running.executors import KeyedTask
from generator.running.keys import run_key
from generator.running.store import Store
from tests.running.test_executors import KEYS, task

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A scheduler and two workers on loopback."""
    told = tmp_path_factory.mktemp("cluster") / "scheduler.json"
    options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(told)]
    quiet = subprocess.DEVNULL
    scheduler = subprocess.Popen([sys.executable, "-m", "distributed.cli.dask_scheduler", *options], stderr=quiet)
    while not told.exists():
        time.sleep(0.1)
    found = json.loads(told.read_text())["address"]
    command = [sys.executable, "-m", "generator", "worker", found]
    workers = [subprocess.Popen(command, cwd=ROOT, stderr=quiet) for _ in range(2)]
    yield found
    for process in [*workers, scheduler]:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)


def nothing() -> None:
    """No progress bar."""


def test_results_are_those_of_a_local_run(address: str, tmp_path: Path) -> None:
    """Every array of every condition of one experiment, to the last bit."""
    condition = load()["learning-rate"].on("random-labels")["low"]
    keyed: list[KeyedTask] = [(t, run_key(t).digest) for t in tasks(condition, range(128))]
    here, there = Store(root=tmp_path / "here"), Store(root=tmp_path / "there")
    executors.compute(here, keyed, 1, nothing)
    cluster.compute(there, keyed, address, nothing)
    for _, key in keyed:
        ours, theirs = here.read(key), there.read(key)
        assert ours is not None
        assert theirs is not None
        assert {name: array.tobytes() for name, array in ours.items()} == {n: a.tobytes() for n, a in theirs.items()}


def test_tasks_of_a_killed_worker_are_computed_elsewhere(address: str, tmp_path: Path) -> None:
    """A worker is killed after the first result; all results arrive all the same."""
    marks = tmp_path / "marks"
    marks.mkdir()
    keyed = [(task("count", marks, seconds=0.5), key) for key in KEYS]
    killed: list[int] = []

    def kill_one() -> None:
        if not killed:
            killed.append(int(next(marks.iterdir()).name.split("-")[0]))
            os.kill(killed[0], signal.SIGKILL)

    store = Store(root=tmp_path / "store")
    cluster.compute(store, keyed, address, kill_one)
    assert len(killed) == 1
    assert all(np.array_equal(store.read(key)["loss"], [[3.0], [4.0]]) for key in KEYS)  # type: ignore[index]


def test_a_failing_task_is_told(address: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such luck"):
        cluster.compute(Store(root=tmp_path), [(task("fail", tmp_path), "ef" * 32)], address, nothing)


def test_no_scheduler_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_PATIENCE_SECONDS", 1)
    with pytest.raises(GeneratorError, match=r"expected a Dask scheduler at tcp://127\.0\.0\.1:9"):
        cluster.compute(Store(root=tmp_path), [(task("count", tmp_path), KEYS[0])], "tcp://127.0.0.1:9", nothing)
