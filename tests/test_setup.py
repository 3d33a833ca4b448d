"""The project's own set-up: locks, sessions, workflows, and that the parts of it agree with each other."""

import ast
import functools
import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = sorted(set((ROOT / "requirements").glob("*.txt")) - {ROOT / "requirements" / "versions.txt"})
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
NOXFILE = ast.parse((ROOT / "noxfile.py").read_text())
SESSIONS = {"build", "serve", "tests", "lint", "types", "verify", "publish", "bench", "browser"}
COMMANDS = ["python3 noxfile.py -s build", "python3 noxfile.py -s tests"]


def requirements(lock: Path) -> list[str]:
    """Each requirement of a lock with its hashes, on one line."""
    lines = lock.read_text().replace("\\\n", " ").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def versions(lock: Path) -> dict[str, str]:
    """The version of each package in a lock."""
    return dict(re.split("==| ", line)[:2] for line in requirements(lock))


def normal(requirement: str) -> str:
    """The canonical name of a requirement's package (PEP 503), without extras, range and marker."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement)[0]).lower()


def sessions() -> dict[str, ast.FunctionDef]:
    """The noxfile's sessions by name."""
    functions = (node for node in NOXFILE.body if isinstance(node, ast.FunctionDef))
    return {f.name: f for f in functions if any("session" in ast.unparse(d) for d in f.decorator_list)}


def locks_in_noxfile() -> dict[str, list[str]]:
    """The noxfile's table of what each lock is made of."""
    tables = (n.value for n in NOXFILE.body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "LOCKS")
    table: dict[str, list[str]] = ast.literal_eval(next(tables))
    return table


def workflow(path: Path) -> dict[str, Any]:
    """A workflow as plain data."""
    content: dict[str, Any] = yaml.safe_load(path.read_text())
    return content


def steps(path: Path) -> Iterator[dict[str, Any]]:
    """Every step of a workflow's jobs."""
    for job in workflow(path)["jobs"].values():
        yield from job["steps"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_every_locked_requirement_is_exact_and_has_hashes(lock: Path) -> None:
    pattern = re.compile(r"[a-z0-9-]+==\S+( ; .+?)?( +--hash=sha256:[0-9a-f]{64})+")
    assert requirements(lock)
    assert [line for line in requirements(lock) if not pattern.fullmatch(line)] == []


@pytest.mark.parametrize("lock", [*LOCKS, ROOT / "requirements" / "versions.txt"], ids=lambda path: path.stem)
def test_locks_name_no_registry(lock: Path) -> None:
    assert re.findall(r"https?:|file:|--[a-z-]*(?:index|links)[a-z-]*", lock.read_text()) == []


# Zensical has an environment of its own, so that it cannot hold back what the site is built with.
@pytest.mark.parametrize("lock", [path for path in LOCKS if path.stem != "zensical"], ids=lambda path: path.stem)
def test_a_package_has_one_version_over_all_locks(lock: Path) -> None:
    assert versions(lock).items() <= versions(ROOT / "requirements" / "versions.txt").items()


def test_a_package_has_one_version_over_all_pythons() -> None:
    names = [line.split("==")[0] for line in requirements(ROOT / "requirements" / "versions.txt")]
    assert len(names) == len(set(names))


def licences() -> dict[tuple[str, str], str]:
    """The licence of each package in its version, as `nox -s licences` lists them."""
    lines = (ROOT / "requirements" / "licences.tsv").read_text().splitlines()
    return {(name, version): licence for name, version, licence in (line.split("\t") for line in lines)}


def test_the_licence_of_every_locked_package_is_listed() -> None:
    locked = {(name, version) for lock in LOCKS for name, version in versions(lock).items()}
    assert licences().keys() == locked


def test_every_licence_lets_us_use_what_it_covers() -> None:
    """Permissive ones, and the Mozilla licence for libraries that we do not change; read anything else before use."""
    known = re.compile(r"0BSD|Apache|BSD|CC0|MIT|Mozilla|MPL|PSF|Python Software Foundation|Zlib")
    assert {name: told for (name, _), told in licences().items() if not known.search(told)} == {}


def test_every_direct_requirement_is_locked() -> None:
    groups = [*PROJECT["dependency-groups"].items(), ("run", PROJECT["project"]["optional-dependencies"]["run"])]
    direct = {normal(one) for name, group in groups if name != "zensical" for one in group}
    direct |= {normal(one) for one in PROJECT["project"]["dependencies"]}
    assert direct <= versions(ROOT / "requirements" / "versions.txt").keys()


def test_each_lock_has_its_recipe() -> None:
    assert sorted(locks_in_noxfile()) == [path.stem for path in LOCKS]


def test_site_lock_has_no_tensorflow() -> None:
    site = versions(ROOT / "requirements" / "site.txt").keys()
    assert site.isdisjoint({"tensorflow", "tensorflow-cpu", "keras", "scipy", "scikit-learn"})


def test_noxfile_has_the_sessions_that_others_rely_on() -> None:
    assert sessions().keys() >= SESSIONS


def test_every_session_is_documented_and_installs_a_known_lock() -> None:
    for name, session in sessions().items():
        assert ast.get_docstring(session), name
        installs = re.search(r"install\(session, ('.*')\)", ast.unparse(session))
        assert installs, name
        assert set(re.findall(r"'(\w+)'", installs[1])) & locks_in_noxfile().keys(), name


def test_plain_nox_runs_lint_types_and_tests() -> None:
    assert "nox.options.sessions = ['lint', 'types', 'tests']" in ast.unparse(NOXFILE)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_by_commit_with_their_version(path: Path) -> None:
    uses = re.findall(r"uses: *(.+)", path.read_text())
    pinned = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert uses
    assert [use for use in uses if not pinned.fullmatch(use)] == []


def test_an_action_has_one_version_over_all_workflows() -> None:
    uses = {use for path in WORKFLOWS for use in re.findall(r"uses: *(.+)", path.read_text())}
    assert len(uses) == len({use.split("@")[0] for use in uses})


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_grant_nothing_by_default(path: Path) -> None:
    assert workflow(path)["permissions"] == {}
    for job in workflow(path)["jobs"].values():
        assert job["permissions"].keys() <= {"contents"}
    for step in steps(path):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_only_the_job_that_publishes_may_write() -> None:
    writers = [
        (path.stem, name)
        for path in WORKFLOWS
        for name, job in workflow(path)["jobs"].items()
        if "write" in job["permissions"].values()
    ]
    assert writers == [("release", "publish")]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_insert_nothing_into_scripts(path: Path) -> None:
    assert [step["run"] for step in steps(path) if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_run_known_sessions(path: Path) -> None:
    scripts = "\n".join(step.get("run", "") for step in steps(path))
    called = re.findall(r"noxfile\.py -s ((?:\w+ ?)+)", scripts)
    assert called
    assert {name for names in called for name in names.split()} <= sessions().keys()


def test_pull_requests_show_changed_records() -> None:
    scripts = [
        step.get("run", "") for step in workflow(ROOT / ".github/workflows/check.yml")["jobs"]["report"]["steps"]
    ]
    build = scripts.index("python3 noxfile.py -s build")
    assert any("git diff --exit-code records/" in script for script in scripts[build + 1 :])


@pytest.mark.parametrize("command", COMMANDS)
def test_readme_has_the_two_commands(command: str) -> None:
    assert f"\n    {command}\n" in (ROOT / "README.md").read_text()


def test_gate_runs_lint_and_types_and_then_readmes_test_command() -> None:
    gate = ROOT / ".ci" / "run"
    called = re.findall(r"^(?:step )?(python3 noxfile\.py -s \w+)", gate.read_text(), re.MULTILINE)
    assert called[:2] == ["python3 noxfile.py -s lint", "python3 noxfile.py -s types"]
    assert called[-1] == COMMANDS[-1]
    assert os.access(gate, os.X_OK)


def test_changelog_begins_with_the_version() -> None:
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == PROJECT["project"]["version"]


def imported(folder: str) -> Iterator[tuple[Path, str]]:
    """Every top-level package that the modules of a folder import, the standard library's left out."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            yield from ((path, name.split(".")[0]) for name in names)


def allowed(path: Path) -> set[str]:
    """The packages that a module may import: those that its part of the project declares."""
    run = {"generator/running", "generator/training", "generator/experiments"}
    declared = list(PROJECT["project"]["dependencies"])
    if any(path.is_relative_to(ROOT / folder) for folder in (*run, "tests", "benchmarks")):
        declared += [one for name in ("run", "dask") for one in PROJECT["project"]["optional-dependencies"][name]]
    if path.is_relative_to(ROOT / "tests"):
        declared += [one for name in ("tests", "browser") for one in PROJECT["dependency-groups"][name]]
    if path.is_relative_to(ROOT / "benchmarks"):
        declared += PROJECT["dependency-groups"]["bench"]
    return {normal(one) for one in declared}


@functools.cache
def distributions() -> Mapping[str, list[str]]:
    """The installed distributions that have a top-level package, by its name."""
    return importlib.metadata.packages_distributions()


@pytest.mark.parametrize("folder", ["generator", "tests", "benchmarks"])
def test_what_is_imported_is_declared(folder: str) -> None:
    ours = {*sys.stdlib_module_names, "generator", "benchmarks", "tests"}
    undeclared = {
        f"{path.relative_to(ROOT)}: {name}"
        for path, name in imported(folder)
        if name not in ours and allowed(path).isdisjoint(map(normal, distributions().get(name, [name])))
    }
    assert undeclared == set()


@pytest.mark.slow
def test_quick_loop_does_not_import_tensorflow() -> None:
    script = (
        "import sys, pytest\n"
        "code = pytest.main(['--collect-only', '-q', '-m', 'not tensorflow', '-p', 'no:cacheprovider'])\n"
        "sys.exit(f'exit code {code}' if code else 'tensorflow' in sys.modules and 'TensorFlow was imported')"
    )
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
