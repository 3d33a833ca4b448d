"""The check of processors: what differs is said and is an error, and each circumstance reaches its process."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from generator import environment, experiments
from generator.errors import GeneratorError
from generator.running import cpu_check
from generator.running.cpu_check import CIRCUMSTANCES, Circumstance, digests_in

ROOT = Path(__file__).resolve().parents[2]

#: In the emulator's place: says what it was asked to run and one of the settings it got.
TELLS = "import json, os, sys; print(json.dumps({'name': sys.argv[-1], 'threads': os.environ['OMP_NUM_THREADS']}))"


def check(monkeypatch: pytest.MonkeyPatch, found: Mapping[str, Mapping[str, str]], *arguments: str) -> Result:
    """The command, where each circumstance has found the digests of its name and records are made in the first."""
    names = {id(circumstance): name for name, circumstance in CIRCUMSTANCES.items()}
    monkeypatch.setattr(cpu_check, "digests_in", lambda circumstance, _: found[names.get(id(circumstance), "record")])
    return CliRunner().invoke(cpu_check.main, arguments)


def test_equal_bits_are_a_success(monkeypatch: pytest.MonkeyPatch) -> None:
    same = {"x/a": "1", "x/b": "2"}
    result = check(monkeypatch, {"record": same, "2-threads": same}, "--in", "2-threads", "x")
    assert (result.exit_code, "2 of 2 runs give identical bits" in result.output) == (0, True)


def test_one_bit_is_an_error_that_names_its_condition(monkeypatch: pytest.MonkeyPatch) -> None:
    record, other = {"x/a": "1", "x/b": "2"}, {"x/a": "1", "x/b": "3"}
    found = {"record": record, "2-threads": record, "4-threads": other}
    result = check(monkeypatch, found, "--in", "2-threads", "--in", "4-threads", "x")
    assert result.exit_code == 1
    assert "DIFFERENT  4-threads  x/b\n3 of 4 runs give identical bits" in result.output
    assert result.output.count("DIFFERENT") == 1


def test_every_experiment_is_checked_everywhere_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def note(circumstance: Circumstance, name: str) -> dict[str, str]:
        asked.append((circumstance, name))
        return {"a": "1"}

    monkeypatch.setattr("shutil.which", lambda tool: tool)
    monkeypatch.setattr(cpu_check, "digests_in", note)
    assert CliRunner().invoke(cpu_check.main, []).exit_code == 0
    assert {name for _, name in asked} == set(experiments.load())
    assert len(asked) == len(experiments.load()) * (1 + len(CIRCUMSTANCES))


def test_a_circumstance_reaches_its_process() -> None:
    told = digests_in(Circumstance(settings={"OMP_NUM_THREADS": "3"}, emulator=(sys.executable, "-c", TELLS)), "x")
    assert told == {"name": "x", "threads": "3"}
    told = digests_in(Circumstance(emulator=(sys.executable, "-c", TELLS)), "x")
    assert told == {"name": "x", "threads": environment.SETTINGS["OMP_NUM_THREADS"]}


def test_a_process_that_fails_is_an_error() -> None:
    with pytest.raises(GeneratorError, match=r"expected a run in .* to finish, found exit code 7"):
        digests_in(Circumstance(emulator=(sys.executable, "-c", "raise SystemExit(7)")), "x")


def test_digests_need_numpy_to_be_imported_under_their_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "OMP_NUM_THREADS", "8")
    with pytest.raises(GeneratorError, match="found it imported before them"):
        cpu_check.digests("two-losses")


def test_without_an_emulator_it_says_what_to_install() -> None:
    command = [sys.executable, "-m", "generator.running.cpu_check", "--in", "qemu", "two-losses"]
    run = subprocess.run(command, cwd=ROOT, env={"PATH": ""}, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (
        1,
        "",
        "error: expected qemu-x86_64-static (Debian's package qemu-user-static), found none\n",
    )
