"""The committed times: summed by cell and by stage, shared results once."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from generator import experiments
from generator.records.times import STAGES, Growth, read_times
from generator.running import timing
from generator.running.run import plan, registered, store_of

GROWTH = (Growth(replicates=64, run=1.0, interval=0.1),)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout in which every result of two experiments that share runs took so long."""
    (tmp_path / "records").mkdir()
    store = store_of(tmp_path)
    for name in ("batch-size", "not-a-flaw"):
        for chunks in plan(experiments.find(name), registered(experiments.find(name))).keyed.values():
            for _, key in chunks:
                store.write(key, {"x": np.zeros(1)})
                store.write_seconds(key, {"compile": 2.0, "train": 1.0})
    return tmp_path


def test_cells_count_their_own_and_stages_each_result_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "make_record", lambda *_: None)
    both = [experiments.find(name) for name in ("batch-size", "not-a-flaw")]
    timing.write_run_times(both, root, "2026-01-02", GROWTH, {"draw": 7.04, "render": 3.0})
    times = read_times(root)
    assert times is not None
    results = {p.stem for p in (root / ".cache" / "runs").glob("*/*.run")}
    assert {cell for cells in times.seconds.values() for cell in cells.values()} == {3.0}
    assert times.stages["compile"] == 2.0 * len(results)
    assert times.stages["train"] == 1.0 * len(results)
    assert (times.stages["draw"], times.stages["render"]) == (7.0, 3.0)
    assert set(times.stages) == {"compile", "train", "measure", "draw", "render"} <= set(STAGES)


def test_results_from_elsewhere_took_no_time_here(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "make_record", lambda *_: None)
    for path in (root / ".cache").rglob("*.seconds"):
        path.unlink()
    timing.write_run_times([experiments.find("batch-size")], root, "2026-01-02", GROWTH, {})
    told = json.loads((root / "records" / "times.json").read_text())
    assert set(told["seconds"]["batch-size"].values()) == {0}
    assert set(told["stages"]) == {"measure"}
    shutil.rmtree(root / ".cache")
