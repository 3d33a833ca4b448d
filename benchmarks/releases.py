"""Row 7: what it costs to add one more version, from the second to the thirtieth."""

import hashlib
import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.comparison import Quantity, Row, Side
from benchmarks.processes import ROOT
from benchmarks.sites import prepare
from generator import experiments
from generator.publishing.git import git
from generator.publishing.tree import seal
from generator.publishing.versions import publish, version_site_url
from generator.records import record as records
from generator.records.rounding import rounded_all

VERSIONS = 30
REPETITIONS = 3

#: Versions whose cost is told beside that of the two that are compared.
TOLD = (10, 20, 30)


def adding(folder: Path) -> Iterator[Row]:
    """Publish thirty versions of this site, each with other results in every figure and record."""
    built = prepare(folder).checkout / "site"
    seconds: dict[int, list[float]] = {number: [] for number in range(1, VERSIONS + 1)}
    for repetition in range(REPETITIONS):
        root = _repository(folder / f"releases {repetition}")
        for number in seconds:
            _change(built, root / "site", number)
            seconds[number].append(_publish(root, f"0.{number}"))
    sides = {number: Side(label=f"`publish` as version {number}", values=values) for number, values in seconds.items()}
    second = sides[2].median
    yield Row(
        id="7",
        title="one more version, all results changed",
        ours=sides[6],
        reference=sides[2],
        quantity=Quantity.TIMES_AS_LONG,
        at_most=1.5,
        notes=tuple(f"version {number}: {sides[number]}, × {sides[number].median / second:.3g}" for number in TOLD),
    )


def _repository(root: Path) -> Path:
    """What publishing reads of a checkout, committed."""
    for name in ("templates", "requirements"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "mkdocs.yml", root)
    (root / ".gitignore").write_text("site/\n")
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "config", "user.name", "Benchmark")
    git(root, "config", "user.email", "benchmark@example.org")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "Start")
    return root


def _change(built: Path, site: Path, number: int) -> None:
    """A copy of a built site in which every record and the data of every figure are other ones."""
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(built, site)
    for name in experiments.load():
        path = site / "records" / f"{name}.json"
        path.write_text(_scaled(path.read_text(encoding="utf-8"), 1 + number / 1000), encoding="utf-8")
    listed = json.loads((site / "figures.json").read_text(encoding="utf-8"))
    for file in (file for figure in listed["figures"] for file in figure["files"]):
        if file["path"].endswith(".csv"):
            content = (site / file["path"]).read_bytes() + f"{number}\n".encode()
            (site / file["path"]).write_bytes(content)
            file["sha256"] = hashlib.sha256(content).hexdigest()
    (site / "figures.json").write_text(json.dumps(listed), encoding="utf-8")


def _scaled(text: str, factor: float) -> str:
    """A record with every metric of the first condition of each data set multiplied."""
    record = records.loads(text)
    cells = {
        data_set: {
            role: replace(
                cell,
                metrics={name: rounded_all(v * factor for v in values) for name, values in cell.metrics.items()},
            )
            if place == 0
            else cell
            for place, (role, cell) in enumerate(roles.items())
        }
        for data_set, roles in record.cells.items()
    }
    return records.dumps(replace(record, cells=cells))


def _publish(root: Path, version: str) -> float:
    seal(root / "site", version_site_url(root, version))
    start = time.perf_counter()
    publish(root / "site", version, root=root, alias="latest")
    return time.perf_counter() - start
