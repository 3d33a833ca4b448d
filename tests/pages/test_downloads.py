"""What readers take along: numbers as CSV, scripts, notebooks and archives, from the committed records."""

import ast
import csv
import dataclasses
import importlib.util
import io
import json
import math
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest

from generator import experiments
from generator.pages.downloads import Downloads, make_downloads
from generator.pages.inputs import Inputs, gather
from generator.pages.keras_scripts import comment, notebook, numbers, python
from generator.pages.reproductions import Repeat, repeat_of
from generator.settings import read_settings
from tests.hostile import hostile_fragments, hostile_texts

ROOT = Path(__file__).resolve().parents[2]
REPEATS = {name: repeat for name, experiment in experiments.load().items() if (repeat := repeat_of(experiment))}


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    return gather(ROOT, list(experiments.load().values()), read_settings(ROOT), "0.1")


@pytest.fixture(scope="module")
def downloads(inputs: Inputs) -> dict[str, Downloads]:
    return make_downloads(inputs, ROOT)


def code_cells(content: bytes) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(content)["cells"] if cell["cell_type"] == "code"]


def test_every_experiment_has_its_numbers_and_those_with_a_curve_a_script(downloads: dict[str, Downloads]) -> None:
    assert list(downloads) == list(experiments.load())
    for name, taken in downloads.items():
        endings = {"csv", "zip", *({"py", "ipynb"} if name in REPEATS else ())}
        assert set(taken.files) == {f"{name}.{ending}" for ending in endings}


def test_csv_has_every_number_of_the_record_once(downloads: dict[str, Downloads]) -> None:
    for name, taken in downloads.items():
        record = json.loads(taken.record)
        expected = {
            (data_set, condition, str(record["replicates"][0] + place), metric): value
            for data_set, conditions in record["cells"].items()
            for condition, cell in conditions.items()
            for metric, values in cell["metrics"].items()
            for place, value in enumerate(values)
        }
        header, *rows = csv.reader(io.StringIO(taken.files[f"{name}.csv"].decode()))
        assert header == ["data set", "condition", "replicate", "metric", "unit", "value"]
        assert len(rows) == len(expected)
        for data_set, condition, replicate, metric, _, value in rows:
            assert float(value) == float(expected[data_set, condition, replicate, metric])


def test_units_are_those_of_the_curves(downloads: dict[str, Downloads]) -> None:
    rows = list(csv.DictReader(io.StringIO(downloads["batch-size"].files["batch-size.csv"].decode())))
    units = {row["metric"]: row["unit"] for row in rows}
    assert units["second_difference_sd of step_loss, 168 to 500"] == "nats"
    assert units["second_difference_sd of log step_loss, 168 to 500"] == ""


def test_archives_hold_all_files_and_are_the_same_bytes_again(inputs: Inputs, downloads: dict[str, Downloads]) -> None:
    again = make_downloads(inputs, ROOT)
    for name, taken in downloads.items():
        assert again[name].files == taken.files
        archive = zipfile.ZipFile(io.BytesIO(taken.files[f"{name}.zip"]))
        assert archive.testzip() is None
        held = {entry: archive.read(entry) for entry in archive.namelist()}
        readme = held.pop("README.txt").decode()
        others = {entry: content for entry, content in taken.files.items() if not entry.endswith(".zip")}
        assert held == {**others, f"{name}.json": taken.record}
        assert all(f"  {entry}\n" in readme for entry in held)
        assert "https://fluctuations.example/0.1/" in readme
        assert "Code: MIT" in readme
        assert "Data: CC BY 4.0" in readme


@pytest.mark.parametrize("name", REPEATS)
def test_notebooks_are_valid_and_hold_the_script(downloads: dict[str, Downloads], name: str) -> None:
    script, content = (downloads[name].files[f"{name}.{ending}"] for ending in ("py", "ipynb"))
    document = nbformat.reads(content.decode(), as_version=nbformat.NO_CONVERT)
    nbformat.validate(document)
    assert (document.nbformat, document.nbformat_minor) == (4, 5)
    together = "\n".join(code_cells(content))
    assert ast.dump(ast.parse(together)) == ast.dump(ast.parse(script))
    assert all(len(line) <= 120 for line in script.decode().splitlines() if not line.startswith("#"))


@pytest.mark.parametrize("name", REPEATS)
def test_scripts_need_nothing_but_what_they_name(downloads: dict[str, Downloads], name: str) -> None:
    script = downloads[name].files[f"{name}.py"].decode()
    imported = {
        module.split(".")[0]
        for node in ast.walk(ast.parse(script))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for module in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names])
    }
    packages = {"sklearn": "scikit-learn"}
    reproduction = downloads[name].reproduction
    assert reproduction is not None
    needed = {package.split("==")[0] for package in reproduction.packages}
    assert {packages.get(module, module) for module in imported - {"importlib", "subprocess", "sys"}} <= needed


def compared(script: str, curves: Any) -> None:
    """Run the cell of a script that compares, on these curves by label."""
    cell = next(cell for cell in code_cells(notebook(script).encode()) if cell.startswith("PUBLISHED"))
    names: dict[str, Any] = {"np": np, "plt": plt, "sys": sys, "curves": curves}
    exec(cell.replace("plt.savefig", "len"), names)


def published(script: str) -> tuple[dict[str, list[float]], range]:
    """The published points in a script, and where they are."""
    found = {
        node.targets[0].id: node.value
        for node in ast.parse(script).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    at = eval(ast.unparse(found["AT"]))
    return ast.literal_eval(found["PUBLISHED"]), at


@pytest.mark.parametrize("name", [name for name, repeat in REPEATS.items() if repeat.statistic != "max_draw_up"])
def test_a_curve_that_is_off_ends_in_an_error(
    downloads: dict[str, Downloads], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    script = downloads[name].files[f"{name}.py"].decode()
    points, at = published(script)
    for times, raises in ((0.9, False), (1.1, True), (math.nan, True)):
        curves = {label: np.interp(range(max(at) + 60), at, values) for label, values in points.items()}
        last = list(curves)[-1]
        curves[last][at[-1]] += times * REPEATS[name].tolerance
        if raises:
            with pytest.raises(SystemExit, match="NOT REPRODUCED"):
                compared(script, curves)
        else:
            compared(script, curves)
        plt.close()
    assert "largest deviation from the published numbers" in capsys.readouterr().out


def test_published_points_are_the_record_s(downloads: dict[str, Downloads]) -> None:
    cells = json.loads(downloads["batch-size"].record)["cells"]["planted-teacher"]
    points, at = published(downloads["batch-size"].files["batch-size.py"].decode())
    for label, role in (("batches of 8", "small"), ("batches of 256", "large")):
        assert points[label] == [cells[role]["curves"]["step_loss"]["runs"]["0"][place] for place in at]
    cells = json.loads(downloads["edge-of-stability"].record)["cells"]["digits-200"]
    points, at = published(downloads["edge-of-stability"].files["edge-of-stability.py"].decode())
    whole = cells["small"]["curves"]["step_end_error"]["runs"]["0"]
    assert points == {"descent at 0.2": [whole[place - 700] for place in at]}


@pytest.mark.parametrize("found", [True, False])
def test_with_the_package_a_script_verifies_all_replicates(
    downloads: dict[str, Downloads], found: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(subprocess, "run", lambda command, check: commands.append(command))
    monkeypatch.setattr(importlib.util, "find_spec", {"generator": found}.get)
    *_, last = code_cells(downloads["batch-size"].files["batch-size.ipynb"])
    exec(last, {"importlib": importlib, "subprocess": subprocess, "sys": sys})
    assert [command[1:] for command in commands] == ([["-m", "generator", "verify", "batch-size"]] if found else [])
    assert ("python -m generator verify batch-size" in capsys.readouterr().out) is not found


def test_published_verdicts_stand_in_the_script(inputs: Inputs, downloads: dict[str, Downloads]) -> None:
    for study in inputs.studies:
        name = study.experiment.id
        if name in REPEATS:
            words = " ".join(downloads[name].files[f"{name}.py"].decode().replace("\n# ", " ").split())
            for findings in study.claims:
                assert f"{findings.claim.id} {findings.verdict.value}" in words


@pytest.mark.parametrize("texts", [hostile_fragments, pytest.param(hostile_texts, marks=pytest.mark.slow)])
def test_any_text_stays_a_comment_or_a_string(texts: Callable[[], Sequence[str]]) -> None:
    for text in texts():
        told = comment(text)
        told.encode()
        assert all(line.startswith("#") for line in told.split("\n"))
        assert ast.parse(told).body == []
        assert isinstance(ast.literal_eval(python(text)), str)


def test_numbers_that_are_not_finite_have_names() -> None:
    values = [0.1234, math.inf, -math.inf, math.nan]
    np.testing.assert_array_equal(eval(f"[{numbers(values)}]", {"np": np}), values)


def test_a_new_experiment_gets_a_script_by_itself() -> None:
    """The printed loss of the first two conditions, where nothing else is stated."""
    new = dataclasses.replace(experiments.find("regularisation"), id="new-one")
    assert repeat_of(new) == Repeat(roles=tuple(new.conditions)[:2], curves=("loss",))
    assert repeat_of(dataclasses.replace(new, curves=())) is None
    assert repeat_of(dataclasses.replace(experiments.find("validation-size"), id="new-one")) is None
