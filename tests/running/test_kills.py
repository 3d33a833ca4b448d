"""A run that is killed at any moment leaves nothing wrong behind, and the next one finishes it unaided."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.running.store import Store

from .killed_run import EXPERIMENT, silent

pytestmark = pytest.mark.slow

#: Kills in an ordinary test run; `nox -s faults` sets more.
KILLS = int(os.environ.get("FLUCTUATIONS_KILLS", "6"))

#: Kills of a real run, in the same session only.
REAL_KILLS = 5 if "FLUCTUATIONS_KILLS" in os.environ else 0

ROOT = Path(__file__).resolve().parents[2]

COMMAND = [sys.executable, "-m", "tests.running.killed_run"]


def start(root: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([*COMMAND, str(root)], start_new_session=True, stderr=subprocess.DEVNULL)


def record(root: Path) -> bytes | None:
    path = root / "records" / "stub.json"
    return path.read_bytes() if path.is_file() else None


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, float]:
    """The record of an undisturbed run, and how long it takes."""
    root = tmp_path_factory.mktemp("whole")
    began = time.monotonic()
    assert start(root).wait() == 0
    content = record(root)
    assert content is not None
    return content, time.monotonic() - began


def kills(root: Path, seconds: float) -> Iterator[None]:
    """Kill a run, workers included, at random moments of an undisturbed one, each time in what the last one left."""
    moments = random.Random(0)
    for _ in range(KILLS):
        process = start(root)
        time.sleep(moments.uniform(0, seconds))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        yield


def test_nothing_is_lost_torn_or_wrong(
    whole: tuple[bytes, float], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """After each kill the record is whole or absent and every stored result is sound; at last a run heals all."""
    expected, seconds = whole
    store, found = Store(root=tmp_path / ".cache" / "runs"), 0
    for _ in kills(tmp_path, seconds):
        assert record(tmp_path) in (None, expected)
        kept = {path.stem for path in store.root.glob("*/*.run")}
        assert all(store.read(key) is not None for key in kept)
        found = max(found, len(kept))
        if record(tmp_path):
            for path in (*store.root.glob("*/*.run"), tmp_path / "records" / "stub.json"):
                path.unlink()
    assert start(tmp_path).wait() == 0
    assert record(tmp_path) == expected
    with capsys.disabled():
        print(f"\n{KILLS} kills of a run: 0 lost, torn or wrong; at most {found} of 6 results were stored by then")


def test_a_run_after_the_killed_ones_has_nothing_left_to_do(whole: tuple[bytes, float], tmp_path: Path) -> None:
    from generator.running.run import run

    assert start(tmp_path).wait() == 0
    assert run([EXPERIMENT], tmp_path, workers=1, progress=silent) == []
    assert record(tmp_path) == whole[0]


@pytest.mark.tensorflow
@pytest.mark.skipif(not REAL_KILLS, reason="takes minutes: nox -s faults")
def test_a_real_run_that_is_killed_again_and_again_ends_with_the_committed_record(tmp_path: Path) -> None:
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, files.split("\0")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    path = tmp_path / "records" / "learning-rate.json"
    committed = path.read_bytes()
    path.unlink()
    command, moments = [sys.executable, "-m", "generator", "run", "learning-rate"], random.Random(1)
    for _ in range(REAL_KILLS):
        process = subprocess.Popen(command, cwd=tmp_path, start_new_session=True)
        time.sleep(moments.uniform(1, 15))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert not path.exists() or path.read_bytes() == committed
    subprocess.run(command, cwd=tmp_path, check=True)
    assert path.read_bytes() == committed
