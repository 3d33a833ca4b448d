"""The whole site of the committed records, built twice from nothing where as much as possible differs."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("generator", "templates", "records", "requirements", "mkdocs.yml", "pyproject.toml")

#: What a user may have done to matplotlib.
MATPLOTLIBRC = """
figure.dpi: 50
savefig.dpi: 31
font.family: monospace
font.size: 30
text.parse_math: True
lines.linewidth: 9
axes.facecolor: red
svg.fonttype: none
svg.hashsalt: mine
path.simplify: False
"""

HERE = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}
THERE = {
    "TZ": "Pacific/Kiritimati",
    "LC_ALL": "C",
    "PYTHONCOERCECLOCALE": "0",
    "PYTHONUTF8": "0",
    "PYTHONHASHSEED": "4242",
    "PYTHONPATH": str(Path(__file__).with_name("elsewhere")),
    "SOURCE_DATE_EPOCH": "1",
    "USER": "somebody else",
    "COLUMNS": "40",
}


def start(root: Path, umask: int, workers: int, circumstances: Mapping[str, str]) -> "subprocess.Popen[str]":
    """Copy the checkout and build its site."""
    home = root.parent / f"home of {root.name}"
    (home / ".config" / "matplotlib").mkdir(parents=True)
    root.mkdir(parents=True)
    for source in SOURCES:
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
        copy(ROOT / source, root / source)
    shutil.rmtree(root / "generator" / "__pycache__", ignore_errors=True)
    clean = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV") if name in os.environ}
    command = [sys.executable, "-m", "generator", "build", "--frozen", "--workers", str(workers)]
    environment = {**clean, "HOME": str(home), **circumstances}
    told = subprocess.PIPE
    return subprocess.Popen(command, cwd=root, umask=umask, env=environment, stdout=told, stderr=told, text=True)


def tree(site: Path) -> dict[str, tuple[int, str]]:
    """Permissions and digest of everything in a site, by name."""
    return {
        path.relative_to(site).as_posix(): (
            path.stat().st_mode,
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in sorted(site.rglob("*"))
    }


def test_two_clean_builds_of_the_whole_site_are_the_same_bytes(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "a longer päth" / "with spaces" / "there"
    one = start(here, 0o022, 2, HERE)
    rc = tmp_path / "matplotlibrc"
    rc.write_text(MATPLOTLIBRC)
    other = start(there, 0o077, 1, {**THERE, "MATPLOTLIBRC": str(rc)})
    for process in (one, other):
        _, told = process.communicate(timeout=300)
        assert (process.returncode, told) == (0, "")
    ours, theirs = tree(here / "site"), tree(there / "site")
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name] != theirs[name]] == []
    assert len(ours) > 150
    print(f"{len(ours)} files and folders of two builds: 0 differing bytes, names or permissions")


def test_the_other_circumstances_are_other(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).touch()
    script = (
        "import datetime, os, pathlib, sys, time\n"
        "print(time.time(), time.localtime().tm_year, datetime.datetime.now().year, os.cpu_count(), *os.listdir(),"
        " *(p.name for p in pathlib.Path().rglob('*')), *next(os.walk('.'))[2], sys.getfilesystemencoding())"
    )
    here, there = (
        subprocess.run(
            [sys.executable, "-c", script], cwd=tmp_path, env=circumstances, capture_output=True, text=True, check=True
        ).stdout.split()
        for circumstances in (HERE, THERE)
    )
    assert float(there[0]) - float(here[0]) > 399 * 24 * 60 * 60
    assert {int(year) - int(before) for year, before in zip(there[1:3], here[1:3], strict=True)} <= {1, 2}
    assert there[3:] == ["7", *"bababa", "ascii"]
    assert here[-1] == "utf-8"
