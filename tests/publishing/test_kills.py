"""Builds and publications that are killed at any moment leave nothing torn, and the next one goes on unaided."""

import contextlib
import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from generator.publishing.git import commit_at, git

from .checkout import BUILD, ROOT, finish, start, tree
from .conftest import Site

pytestmark = pytest.mark.slow

#: Kills of each kind in an ordinary test run; `nox -s faults` sets more.
KILLS = int(os.environ.get("FLUCTUATIONS_KILLS", "4"))

BRANCH = "refs/heads/gh-pages"

PUBLISH = """
import sys
from pathlib import Path
from generator.publishing.versions import publish
root, version = Path(sys.argv[1]), sys.argv[2]
publish(root / "site" / version, version, root=root)
"""


def kills(begin: Callable[[], "subprocess.Popen[str]"], seconds: float) -> Iterator[bool]:
    """Kill a process and its children at random moments of an undisturbed run; whether it was killed in time.

    The moments follow what the machine is busy with, so that about five of six come before the end.
    """
    moments, latest = random.Random(0), seconds
    for _ in range(KILLS):
        process = begin()
        time.sleep(moments.uniform(0, latest))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        in_time = process.returncode == -signal.SIGKILL
        latest *= 1.02 if in_time else 0.9
        yield in_time


@pytest.fixture
def checkout(small: Path, tmp_path: Path) -> Path:
    return shutil.copytree(small, tmp_path / "root", symlinks=True)


def reword(root: Path, words: str) -> None:
    """Change a page, and let a figure be drawn again."""
    template = root / "templates" / "pages" / "methods.md.jinja"
    template.write_text((ROOT / "templates" / "pages" / template.name).read_text() + f"\n{words}\n")
    for drawn in sorted((root / ".cache" / "figures").glob("[0-9a-f]*"))[:1]:
        shutil.rmtree(drawn)


def present(root: Path) -> Mapping[str, object]:
    """The site, or the one that stands aside while another takes its place."""
    site, aside = root / "site", root / ".site.old"
    return tree(site if site.is_dir() else aside)


def test_a_killed_build_leaves_a_whole_site(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sites, seconds = {}, 0.0
    for words in ("One.", "Other."):
        reword(checkout, words)
        seconds = finish(start(checkout, *BUILD))
        sites[words] = tree(checkout / "site")
    turns = itertools.cycle(sites)

    def begin() -> "subprocess.Popen[str]":
        reword(checkout, next(turns))
        return start(checkout, *BUILD)

    in_time = 0
    for number, killed in enumerate(kills(begin, seconds), start=1):
        in_time += killed
        assert present(checkout) in sites.values()
        if number % 10 == 0 or number == KILLS:
            finish(start(checkout, *BUILD))
            words = (checkout / "templates" / "pages" / "methods.md.jinja").read_text().split()[-1]
            assert tree(checkout / "site") == sites[words]
            assert not list(checkout.glob(".site.*"))
    with capsys.disabled():
        print(f"\n{KILLS} kills of a build, {in_time} of them before its end: 0 sites lost or torn, the next one heals")


def published(root: Path) -> set[str]:
    """The versions on the branch, which are those that its list names."""
    folders = set(filter(None, git(root, "ls-tree", "-d", "--name-only", BRANCH).split("\n"))) - {"f", "status"}
    listed = json.loads(git(root, "cat-file", "blob", f"{BRANCH}:versions.json"))
    assert {entry["version"] for entry in listed} == folders
    return folders


def test_a_killed_publication_leaves_the_old_or_the_new_branch(
    repository: Path, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers = itertools.count()

    def begin() -> "subprocess.Popen[str]":
        version = f"0.{next(numbers)}"
        site(version, {f"{version}.txt": version})
        command = [sys.executable, "-c", PUBLISH, str(repository), version]
        told = subprocess.PIPE
        return subprocess.Popen(command, cwd=ROOT, stdout=told, stderr=told, text=True, start_new_session=True)

    seconds = finish(begin())
    before, in_time, done = published(repository), 0, 1
    for killed in kills(begin, seconds):
        in_time += killed
        after = published(repository)
        assert before <= after
        assert len(after - before) in ((0, 1) if killed else (1,))
        before, done = after, done + len(after - before)
    finish(begin())
    assert len(published(repository)) == done + 1
    assert git(repository, "fsck", "--no-dangling") == ""
    assert commit_at(repository, BRANCH)
    with capsys.disabled():
        print(f"\n{KILLS} kills of a publication, {in_time} of them before its end, {done - 1} took effect: 0 torn")
