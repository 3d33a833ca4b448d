"""Builds and publications on disks that fail: one line, exit code 1, a whole site always, mended the next time."""

import os
import pickle
import random
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from generator.publishing.git import commit_at, git
from generator.publishing.versions import SCRATCH, publish
from tests.sharing import made_once

from .checkout import BUILD, ROOT, finish, start, tree
from .conftest import Site

pytestmark = pytest.mark.slow

FAILING = str(Path(__file__).with_name("failing"))

#: Faults of each kind in an ordinary test run; `nox -s faults` lets every line of code that writes fail in each way.
FAULTS = int(os.environ.get("FLUCTUATIONS_FAULTS", "1"))

#: A full disk and one that became read-only stay so; a bad block is met once.
KINDS = {"ENOSPC": {"FAULT_STAYS": "1"}, "EROFS": {"FAULT_STAYS": "1"}, "EIO": {}}


def copied(root: Path, folder: Path) -> Path:
    return shutil.copytree(root, folder / "root", symlinks=True)


def faulty(root: Path, **faults: str) -> tuple[int, str, list[str]]:
    """Build with a fault: exit code, what was told, and the log of writes."""
    log = root.with_name("log")
    log.unlink(missing_ok=True)
    environment = {"PYTHONPATH": FAILING, "FAULT_FOLDER": str(root), "FAULT_LOG": str(log), **faults}
    process = start(root, *BUILD, environment=environment)
    _, told = process.communicate(timeout=120)
    return process.returncode, told, log.read_text().splitlines()


@pytest.fixture(scope="session")
def built(small: Path, shared: Path) -> Path:
    """A checkout with a built site, of which a page and one figure have to be made again."""

    def make(aside: Path) -> None:
        shutil.copytree(small, aside, symlinks=True)
        template = aside / "templates" / "pages" / "methods.md.jinja"
        template.write_text(template.read_text() + "\nAnd more.\n")
        shutil.rmtree(next((aside / ".cache" / "figures").iterdir()))

    return made_once(shared / "built", make)


@pytest.fixture(scope="session")
def undisturbed(
    built: Path, shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Mapping[str, object], list[str]]:
    """The site that is to come, and the line of code that does each write on the way."""

    def make(aside: Path) -> None:
        root = copied(built, tmp_path_factory.mktemp("undisturbed"))
        code, told, log = faulty(root)
        assert (code, told) == (0, "")
        aside.write_bytes(pickle.dumps((tree(root / "site"), log)))

    site, log = pickle.loads(made_once(shared / "undisturbed.pickle", make).read_bytes())
    return site, log


def places(log: Sequence[str]) -> list[int]:
    """The number of the first and of the last write that each line of code does."""
    numbered = list(enumerate(log, start=1))
    first = {line: number for number, line in reversed(numbered)}
    last = {line: number for number, line in numbered}
    return sorted({*first.values(), *last.values()})


@pytest.mark.parametrize("kind", KINDS)
def test_a_write_that_fails_is_one_line_and_leaves_a_whole_site(
    kind: str,
    built: Path,
    undisturbed: tuple[Mapping[str, object], list[str]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before, (expected, writes) = tree(built / "site"), undisturbed
    chosen = random.Random(kind).sample(places(writes), min(FAULTS, len(places(writes))))
    refused = 0
    for number in chosen:
        root = copied(built, tmp_path)
        code, told, log = faulty(root, FAULT_AT=str(number), FAULT_ERROR=kind, **KINDS[kind])
        where = f"{kind} at write {number}: {log[number - 1]}\n{told}"
        assert code in (0, 1), where
        if code:
            assert told.startswith("error: expected "), where
            assert told.count("\n") == 1, where
            refused += 1
        assert tree(root / "site") in ((before, expected) if code else (expected,)), where
        finish(start(root, *BUILD))
        assert tree(root / "site") == expected, where
        assert not list(root.glob(".site.*")), where
        shutil.rmtree(root)
    with capsys.disabled():
        print(
            f"\n{kind} at {len(chosen)} of {len(places(writes))} writes of a build: {refused} refused in one line, "
            f"{len(chosen) - refused} without consequence; 0 sites lost or torn, 0 not mended by the next build"
        )


#: In git's place: counts its calls, and lets one of them fail before it does anything, or when it first writes a file.
GIT = """#!/bin/sh
echo >> "{log}"
number=$(wc -l < "{log}")
if [ "$number" -eq "{at}" ]; then {fault}; fi
exec "{git}" "$@"
"""

GIT_FAULTS = {
    "refusal": "echo 'fatal: write error: No space left on device' >&2; exit 128",
    "no room for a file": "trap '' XFSZ; ulimit -f 0",
}

PUBLISH = """
import sys
from pathlib import Path
from generator import cli
from generator.publishing.versions import publish
root, version = Path(sys.argv[1]), sys.argv[2]
cli.cli = cli.click.Command("publish", callback=lambda: publish(root / "site" / version, version, root=root))
cli.main([])
"""


def published(root: Path) -> tuple[str | None, str]:
    """The commit of the published branch, and every reference there is."""
    return commit_at(root, "refs/heads/gh-pages"), git(root, "for-each-ref")


def publish_with(root: Path, version: str, folder: Path, at: int, fault: str) -> tuple[int, str, int]:
    """Publish while git's call of a number fails: exit code, what was told, and how often git was called."""
    imposter, log = folder / "git", folder / "log"
    folder.mkdir(exist_ok=True)
    log.write_text("")
    imposter.write_text(GIT.format(log=log, at=at, fault=fault, git=shutil.which("git")))
    imposter.chmod(0o755)
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, "-c", PUBLISH, str(root), version]
    finished = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return finished.returncode, finished.stderr, len(log.read_text())


@pytest.mark.parametrize("fault", GIT_FAULTS)
def test_a_git_that_cannot_write_is_one_line_and_leaves_the_branch(
    fault: str, repository: Path, site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site("0.0")
    code, told, calls = publish_with(repository, "0.0", tmp_path / "bin", 0, ":")
    assert (code, told) == (0, "")
    chosen = range(1, calls + 1) if calls <= FAULTS else random.Random(fault).sample(range(1, calls + 1), FAULTS)
    refused = 0
    for number in chosen:
        version, before = f"0.{number}", published(repository)
        site(version, {"a.txt": version * 1000})
        code, told, _ = publish_with(repository, version, tmp_path / "bin", number, GIT_FAULTS[fault])
        where = f"{fault} at git's call {number}: {told}"
        if code:
            assert (code, told.count("\n")) == (1, 1), where
            assert told.startswith("error: expected "), where
            assert published(repository)[0] == before[0], where
            refused += 1
        publish(repository / "site" / version, version, root=repository)
        assert f"refs/heads/{SCRATCH}" not in published(repository)[1], where
    assert git(repository, "fsck", "--no-dangling") == ""
    with capsys.disabled():
        print(
            f"\n{fault} at {len(chosen)} of git's {calls} calls: {refused} refused in one line, "
            f"{len(chosen) - refused} without consequence; 0 branches torn, 0 not published the next time"
        )
