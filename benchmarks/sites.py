"""Rows 3 to 5: building the site, against sphinx-gallery with three training scripts, and against MkDocs alone."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.comparison import Quantity, Row, Side
from benchmarks.processes import ROOT, environment, timed
from generator import experiments
from generator.errors import GeneratorError
from generator.spec import Condition, digest_of

COLD_REPETITIONS = 3
UNCHANGED_REPETITIONS = 11
EDIT_REPETITIONS = 7

#: Curves that the three scripts train: one, two and one.
GALLERY_CURVES = 4

#: The chapter of the experiments that repeat what the gallery's scripts train.
EXAMPLES = "The article's examples"

#: What a build without changes must not import.
UNNEEDED = ("tensorflow", "keras", "scipy", "mkdocs")

_MADE_BY_SPHINX = ("sphinx/gallery", "sphinx/sg_execution_times.rst", "html")


@dataclass(frozen=True, kw_only=True)
class Sites:
    """A copy of this checkout and one of the gallery, to build in."""

    checkout: Path
    gallery: Path

    def build(self) -> tuple[float, str]:
        """Build ours as it stands."""
        return timed("generator", "build", folder=self.checkout)

    def build_gallery(self) -> float:
        """Build the gallery as it stands."""
        return timed("sphinx", "-q", "-b", "html", "sphinx", "html", folder=self.gallery)[0]

    def cold_build(self) -> float:
        """Build ours from nothing."""
        for name in (".cache", "build", "site"):
            shutil.rmtree(self.checkout / name, ignore_errors=True)
        return self.build()[0]

    def cold_build_gallery(self) -> float:
        """Build the gallery from nothing."""
        for name in _MADE_BY_SPHINX:
            path = self.gallery / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        return self.build_gallery()


def prepare(folder: Path) -> Sites:
    """Copy both, compile the copied modules, and build each once: what every later build finds warm.

    Ours with the experiments that the gallery's scripts are made after, the article's examples, and no others.
    """
    checkout, gallery = folder / "checkout", folder / "gallery"
    sites = Sites(checkout=checkout, gallery=gallery)
    if checkout.exists():
        return sites
    _copy(checkout, [name for name in _sources() if name not in _of_other_experiments()])
    for name in ("gallery", "sphinx"):
        shutil.copytree(ROOT / "benchmarks" / name, gallery / name, ignore=shutil.ignore_patterns("__pycache__"))
    sites.build_gallery()
    sites.build()
    return sites


def cold(folder: Path) -> Iterator[Row]:
    """Experiments, figures, pages and site from nothing."""
    sites = prepare(folder)
    ours, reference = [], []
    for _ in range(COLD_REPETITIONS):
        reference.append(sites.cold_build_gallery())
        ours.append(sites.cold_build())
    curves = _curves()
    yield Row(
        id="3a",
        title="the site from nothing",
        ours=Side(label=f"`python -m generator build`, which trains {curves} curves", values=ours),
        reference=Side(label=f"sphinx-gallery, three scripts, which train {GALLERY_CURVES} curves", values=reference),
        quantity=Quantity.TIMES_AS_LONG,
        at_most=2.0,
    )
    yield Row(
        id="3b",
        title="curves trained meanwhile",
        ours=Side(label="distinct conditions × replicates, of 10 to 125 epochs", values=[curves], unit="curves"),
        reference=Side(
            label="calls of `model.fit`, of at most 10 or 20 epochs", values=[GALLERY_CURVES], unit="curves"
        ),
        quantity=Quantity.TIMES_AS_LONG,
        at_least=64,
    )


def whole(folder: Path) -> Iterator[Row]:
    """Everything from nothing: every experiment, the figures, pages and the site."""
    checkout = folder / "whole"
    _copy(checkout, _sources())
    seconds, _ = timed("generator", "build", folder=checkout)
    yield Row(
        id="3c",
        title="the whole site from nothing",
        ours=Side(label=f"`python -m generator build` of {len(experiments.load())} experiments", values=[seconds]),
        quantity=Quantity.OURS,
        at_most=240.0,
    )


def unchanged(folder: Path) -> Iterator[Row]:
    """Nothing has changed since the last build."""
    sites = prepare(folder)
    sites.build()
    ours, reference = [], []
    for _ in range(UNCHANGED_REPETITIONS):
        reference.append(sites.build_gallery())
        seconds, told = sites.build()
        if "up to date" not in told:
            raise GeneratorError(f"expected an unchanged build to be up to date, found: {told.strip()}")
        ours.append(seconds)
    yield Row(
        id="4",
        title="nothing changed",
        ours=Side(label="`python -m generator build`", values=ours),
        reference=Side(label="sphinx-gallery's build when no script changed", values=reference),
        quantity=Quantity.TIMES_AS_LONG,
        at_most=0.4,
        notes=(_imports(sites.checkout),),
    )


def edited(folder: Path) -> Iterator[Row]:
    """One sentence of a template changed."""
    sites = prepare(folder)
    sites.build()
    template = sites.checkout / "templates" / "pages" / "methods.md.jinja"
    before = template.read_text(encoding="utf-8")
    ours, reference = [], []
    try:
        for i in range(EDIT_REPETITIONS):
            reference.append(_mkdocs(sites.checkout, folder / "mkdocs"))
            sentence = f"This sentence was edited for the {i + 1}th time."
            template.write_text(f"{before}\n{sentence}\n", encoding="utf-8")
            ours.append(sites.build()[0])
            page = sites.checkout / "site" / "methods" / "index.html"
            if sentence not in page.read_text(encoding="utf-8"):
                raise GeneratorError(f"expected the edited sentence in {page.name} of the methods page, found none")
    finally:
        template.write_text(before, encoding="utf-8")
    yield Row(
        id="5",
        title="one sentence of a template edited",
        ours=Side(label="`python -m generator build`, to the finished, checked site", values=ours),
        reference=Side(label="`mkdocs build` alone, of the same Markdown", values=reference),
        quantity=Quantity.SECONDS_MORE,
        at_most=1.5,
    )


def _sources() -> list[str]:
    """Files of the checkout that git keeps or would keep."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in sorted(set(listed.split("\0")) - {""}) if (ROOT / name).is_file()]


def _of_other_experiments() -> set[str]:
    """Files of the experiments that are no example of the article."""
    others = [e.id for e in experiments.load().values() if e.chapter != EXAMPLES]
    declared = {f"generator/experiments/{name.replace('-', '_')}.py" for name in others}
    return declared | {f"records/{folder}{name}.json" for name in others for folder in ("", "replication/")}


def _copy(checkout: Path, names: Sequence[str]) -> None:
    for name in names:
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, checkout / name)
    timed("compileall", "-q", "generator", folder=checkout)


def _curves() -> int:
    """Curves that a cold build trains; a condition that several experiments use is trained once."""
    replicates = {
        digest_of(condition): experiment.replicates
        for experiment in experiments.load().values()
        if experiment.chapter == EXAMPLES
        for _, _, condition in experiment.cells()
        if isinstance(condition, Condition)
    }
    return sum(replicates.values())


def _mkdocs(checkout: Path, site: Path) -> float:
    configuration = os.fspath(checkout / "build" / "mkdocs.yml")
    return timed("mkdocs", "build", "--quiet", "-f", configuration, "-d", os.fspath(site), folder=checkout)[0]


def _imports(checkout: Path) -> str:
    """Which of the unneeded packages an unchanged build imports."""
    command = [sys.executable, "-X", "importtime", "-m", "generator", "build"]
    told = subprocess.run(command, cwd=checkout, env=environment(), capture_output=True, text=True, check=True).stderr
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in told.splitlines()}
    if "generator" not in imported:
        raise GeneratorError("expected a list of imports that holds generator, found none")
    found = [name for name in UNNEEDED if name in imported]
    return f"of {', '.join(UNNEEDED)} it imports {', '.join(found) or 'none'}"
