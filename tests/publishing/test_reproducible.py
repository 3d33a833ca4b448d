"""The site of the committed records, built twice from nothing where as much as possible differs."""

import subprocess
import sys
from pathlib import Path

import pytest

from .checkout import BUILD, HERE, WHOLE, finish, make_checkout, start, tree

pytestmark = pytest.mark.slow

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


def test_two_clean_builds_are_the_same_bytes(compared: Path, tmp_path: Path) -> None:
    there = make_checkout(tmp_path / "a longer päth" / "with spaces" / "there", whole=WHOLE)
    for name in ("matplotlibrc", "a longer päth/with spaces/.config/matplotlib/matplotlibrc"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(MATPLOTLIBRC)
    hostile = {**THERE, "MATPLOTLIBRC": str(tmp_path / "matplotlibrc")}
    finish(start(there, *BUILD, environment=hostile, umask=0o077))
    ours, theirs = tree(compared / "site"), tree(there / "site")
    assert ours.keys() == theirs.keys()
    assert [name for name in ours if ours[name] != theirs[name]] == []
    assert len(ours) > (1000 if WHOLE else 150)
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
