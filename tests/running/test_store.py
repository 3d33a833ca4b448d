"""The store: what comes out is what went in, or nothing; never something else."""

import logging
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from generator.errors import GeneratorError, UsageError
from generator.running.store import Store, size_in_bytes

KEY = "ab" * 32
ARRAYS: dict[str, np.ndarray] = {
    "loss": np.arange(12, dtype=np.float64).reshape(3, 4),
    "step_loss": np.ones((3, 8), np.float32),
}


def entry(store: Store) -> Path:
    """The file of the one entry."""
    return next(store.root.rglob("*.run"))


def same(found: dict[str, np.ndarray] | None) -> bool:
    """Whether these are the arrays that were written, types included."""
    return found is not None and all(
        np.array_equal(found[name], array) and found[name].dtype == array.dtype for name, array in ARRAYS.items()
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with one entry."""
    made = Store(root=tmp_path)
    made.write(KEY, ARRAYS)
    return made


def test_arrays_come_back(store: Store) -> None:
    """With their types; an unknown key has none."""
    assert KEY in store
    assert same(store.read(KEY))
    assert "cd" * 32 not in store
    assert store.read("cd" * 32) is None


@pytest.mark.slow
def test_every_flipped_bit_is_noticed(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """2000 random bits: the entry is set aside with one warning, and the next write heals it."""
    rng = np.random.default_rng(1)
    sound = entry(store).read_bytes()
    path = entry(store)
    caplog.set_level(logging.WARNING)
    for position in rng.integers(0, len(sound) * 8, 2000):
        content = bytearray(sound)
        content[position // 8] ^= 1 << (position % 8)
        path.write_bytes(content)
        caplog.clear()
        assert store.read(KEY) is None, f"bit {position} went unnoticed"
        assert len(caplog.records) == 1
    store.write(KEY, ARRAYS)
    assert same(store.read(KEY))


@pytest.mark.slow
def test_every_truncation_is_noticed(store: Store) -> None:
    """At each length, from nothing to all but one byte."""
    path = entry(store)
    sound = path.read_bytes()
    for length in range(len(sound)):
        path.write_bytes(sound[:length])
        assert store.read(KEY) is None, f"{length} bytes passed for {len(sound)}"


def test_an_entry_under_another_key_is_no_result(store: Store) -> None:
    """A renamed file keeps its own key inside."""
    other = "ab" + "cd" * 31
    entry(store).rename(entry(store).with_name(f"{other}.run"))
    assert store.read(other) is None


def test_pickles_are_refused(store: Store) -> None:
    """Neither written nor read."""
    with pytest.raises(ValueError, match="allow_pickle"):
        store.write(KEY, {"object": np.array([{}], dtype=object)})
    assert same(store.read(KEY))


def test_writing_where_nothing_can_be_written_is_one_line(tmp_path: Path) -> None:
    """And leaves what was there."""
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(GeneratorError, match="expected a folder at"):
        Store(root=tmp_path / "file").write(KEY, ARRAYS)


HOLD = """
import sys, time
from pathlib import Path
from generator.running.store import Store
with Store(root=Path(sys.argv[1])).computing(sys.argv[2]):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_killed_holder_frees_its_key(tmp_path: Path) -> None:
    """Another takes over within two seconds."""
    holder = subprocess.Popen([sys.executable, "-c", HOLD, tmp_path, KEY], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    holder.kill()
    start = time.monotonic()
    with Store(root=tmp_path).computing(KEY):
        assert time.monotonic() - start < 2
    holder.wait()
    holder.stdout.close()


def test_a_store_can_be_restored_anywhere(store: Store, tmp_path: Path) -> None:
    """As from the cache of a continuous integration service."""
    shutil.copytree(store.root, tmp_path / "elsewhere" / "runs")
    assert same(Store(root=tmp_path / "elsewhere" / "runs").read(KEY))


def test_pruning_deletes_what_was_unread_longest(tmp_path: Path) -> None:
    store, keys = Store(root=tmp_path), [f"{i:02x}" * 32 for i in range(4)]
    for age, key in enumerate(keys):
        store.write(key, ARRAYS)
        store.write_seconds(key, {"train": 1.0})
        os.utime(store.root / key[:2] / f"{key}.run", (age, age))
    length = entry(store).stat().st_size
    assert same(store.read(keys[0]))
    assert store.prune(2 * length) == 2
    assert [key in store for key in keys] == [True, False, False, True]
    assert [bool(store.seconds(key)) for key in keys] == [True, False, False, True]
    assert store.prune(2 * length) == 0


@pytest.mark.parametrize(("text", "size"), [("500 MB", 500_000_000), ("1.5GB", 1_500_000_000), ("0 B", 0)])
def test_sizes_are_read(text: str, size: int) -> None:
    assert size_in_bytes(text) == size


def test_a_size_without_a_unit_is_refused() -> None:
    with pytest.raises(UsageError, match=r"expected a size such as '500 MB'.*found '500'"):
        size_in_bytes("500")
