"""The command line: one line and an exit code for every error, and commands that import no more than they need."""

import functools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator import cli, experiments
from generator.cli import main

ROOT = Path(__file__).resolve().parents[1]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a user calls it."""
    command = [sys.executable, "-m", "generator", *arguments]
    variables = {**os.environ, **environment}
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def records_read_once() -> Iterator[None]:
    """The records are judged for the first command alone."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(cli, "_inputs", functools.cache(cli._inputs))
        yield


def test_list_names_every_experiment_condition_claim_and_figure() -> None:
    listed = run("list").stdout
    for experiment in experiments.load().values():
        for name in [experiment.id, *experiment.conditions, *(claim.id for claim in experiment.claims)]:
            assert name in listed
        for figure in experiment.figures:
            assert figure.id in listed


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("run", "lerning-rate"), 2, "unknown experiment 'lerning-rate'; did you mean 'learning-rate'?"),
        (("verify", "fig-three-curve"), 2, "did you mean 'fig-three-curves'?"),
        (("cite", "fig-nothing-like-it-at-all"), 2, "unknown figure 'fig-nothing-like-it-at-all'"),
        (("explain", "batchsize"), 2, "did you mean 'batch-size'?"),
        (("publish", "../x"), 2, "found '../x'"),
        (("run", "--workers", "0"), 2, "0 is not in the range x>=1"),
        (("run", "--pilot", "--replication"), 2, "expected one of --replicates, --pilot and --replication, found more"),
        (("prune", "--keep", "much"), 2, "expected a size such as '500 MB'"),
        (("run", "--replicates", "many"), 2, "'many' is not a valid integer"),
        (("changes", "0.9", "."), 1, "expected a published version, a folder or a commit, found '0.9'"),
        (("notice", "opinion", "fig-x", "--reason", "x"), 2, "'opinion' is not one of 'erratum', 'withdrawal'"),
        (
            ("cite-check", "gone.md", "--published", "gone"),
            1,
            "expected a published figures.json at gone, found: No such",
        ),
        (("bundle", ".git"), 2, "found '.git'"),
        (("no-such-command",), 2, "No such command 'no-such-command'"),
    ],
)
def test_mistakes_are_answered_in_a_line(
    arguments: tuple[str, ...], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    printed, errors = capsys.readouterr()
    assert stopped.value.code == code
    assert message in errors
    assert "Traceback" not in errors
    assert printed == ""
    assert len([line for line in errors.splitlines() if line.startswith("error")]) <= 1


def test_the_process_ends_with_the_line_and_the_code() -> None:
    answer = run("run", "lerning-rate")
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr.startswith("error: unknown experiment 'lerning-rate'")
    assert len(answer.stderr.splitlines()) == 1


def test_debug_shows_where_an_error_came_from() -> None:
    assert "Traceback" in run("--debug", "run", "lerning-rate").stderr


@pytest.mark.usefixtures("records_read_once")
@pytest.mark.parametrize("form", ["text", "bibtex", "csl", "markdown", "html"])
def test_cite_prints_each_format_and_draws_nothing(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["cite", "fig-three-curves", "--format", form])
    printed, errors = capsys.readouterr()
    assert errors == ""
    assert "/f/" in printed
    if form == "csl":
        assert json.loads(printed)[0]["type"] == "figure"


IMPORTS = """
import sys
sys.argv = ["fluctuations", *{arguments!r}]
from generator.cli import main
try:
    main({arguments!r})
except SystemExit:
    pass
print(",".join(sorted({{name.split(".")[0] for name in sys.modules}} & set({heavy!r}))))
"""


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["list"], ["tensorflow", "keras", "numpy", "scipy", "matplotlib", "mkdocs", "jinja2"]),
        (["cite", "fig-three-curves"], ["tensorflow", "keras", "scipy", "matplotlib", "mkdocs"]),
        (["explain", "learning-rate"], ["tensorflow", "keras", "scipy", "matplotlib", "mkdocs"]),
    ],
)
def test_commands_import_what_they_need(arguments: list[str], heavy: list[str]) -> None:
    code = IMPORTS.format(arguments=arguments, heavy=heavy)
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.splitlines()[-1] == "" or answer.stdout.splitlines()[-1] not in heavy
    assert not set(answer.stdout.splitlines()[-1].split(",")) & set(heavy)


def test_explain_shows_each_ingredient_of_the_committed_record() -> None:
    told = run("explain", "fig-learning-rate-article").stdout
    for ingredient in ("chunk", "environment: XLA_FLAGS", "versions: keras", "source", "lock", "registration: C18"):
        assert f" {ingredient}: " in told
    assert {line[0] for line in told.splitlines()} <= {"=", "≠"}
