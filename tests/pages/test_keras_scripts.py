"""The scripts run as a reader runs them: alone in a folder, with the packages that they name and nothing of ours.

`nox -s scripts` runs all of them; a plain run one that takes little time, and another as a notebook.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator import experiments
from generator.pages.downloads import make_downloads
from generator.pages.inputs import gather
from generator.pages.reproductions import repeat_of, reproduction_of
from generator.records import record as records
from generator.settings import read_settings
from tests.publishing.checkout import CLEAN

pytestmark = [pytest.mark.tensorflow, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
REPEATS = {name: repeat for name, experiment in experiments.load().items() if (repeat := repeat_of(experiment))}

QUICK = ("batch-size",)
CHOSEN = tuple(REPEATS) if os.environ.get("FLUCTUATIONS_SCRIPTS") == "all" else QUICK


def downloaded(name: str, ending: str, folder: Path) -> Path:
    """A file as it stands beside the experiment's page."""
    inputs = gather(ROOT, [experiments.find(name)], read_settings(ROOT), "0.1")
    path = folder / f"{name}.{ending}"
    path.write_bytes(make_downloads(inputs, ROOT)[name].files[path.name])
    return path


def run(script: Path) -> "subprocess.CompletedProcess[str]":
    """Run a script in its own folder, where our package cannot be imported."""
    environment = {**CLEAN, "HOME": str(script.parent), "MPLBACKEND": "Agg"}
    return subprocess.run(
        [sys.executable, script.name], cwd=script.parent, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("name", CHOSEN)
def test_a_script_reproduces_the_published_curve(name: str, tmp_path: Path) -> None:
    done = run(downloaded(name, "py", tmp_path))
    assert done.returncode == 0, done.stderr
    assert f"(tolerance {REPEATS[name].tolerance})" in done.stdout
    assert f"All replicates, in a checkout of the project: python -m generator verify {name}" in done.stdout
    assert (tmp_path / f"{name}.png").stat().st_size > 10_000
    print(name, done.stdout.split("\n")[-3])


def test_twins_draw_anew_what_the_package_s_twins_do() -> None:
    from generator.training.twins import OFFSET

    name = "initial-weights"
    made = reproduction_of(experiments.find(name), records.read(ROOT / "records" / f"{name}.json"))
    assert made is not None
    anew = [(line.run, line.twin) for line in made.lines]
    assert [(twin and twin.init - run.init, twin and twin.order - run.order) for run, twin in anew] == [
        (OFFSET, 0),
        (0, OFFSET),
    ]


def test_the_cells_of_a_notebook_do_the_same(tmp_path: Path) -> None:
    cells = json.loads(downloaded("edge-of-stability", "ipynb", tmp_path).read_bytes())["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    script = tmp_path / "cells.py"
    script.write_text(f"names = {{}}\nfor cell in {code!r}:\n    exec(cell, names)\n")
    done = run(script)
    assert done.returncode == 0, done.stderr
    assert "(tolerance 0.0001)" in done.stdout


def test_another_order_of_the_examples_is_found_out(tmp_path: Path) -> None:
    script = downloaded("batch-size", "py", tmp_path)
    script.write_text(script.read_text().replace("rng = generator(4)", "rng = generator(5)"))
    done = run(script)
    assert done.returncode == 1
    assert done.stderr.rstrip().endswith("NOT REPRODUCED: the deviation is larger than the tolerance")
