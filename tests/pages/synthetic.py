"""A project with synthetic records, and its report."""

import dataclasses
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from generator import experiments
from generator.figures.catalogue import Plot
from generator.pages.figure_files import drawing_key, keep
from generator.pages.inputs import Inputs, gather
from generator.pages.report import Report, make_report
from generator.records import record as records
from generator.records.registrations import register
from generator.settings import read_settings
from generator.spec import Experiment
from tests.figures.synthetic import record_of

ROOT = Path(__file__).resolve().parents[2]
EXPERIMENTS = list(experiments.load().values())


def silent(_total: int, _what: str) -> Callable[[], None]:
    return lambda: None


def make_project(root: Path) -> None:
    """Templates and settings of this project, with synthetic records."""
    shutil.copytree(ROOT / "templates", root / "templates")
    shutil.copy(ROOT / "mkdocs.yml", root / "mkdocs.yml")
    register(root, EXPERIMENTS, "2026-01-01", None)
    for experiment in EXPERIMENTS:
        provenance = {"versions": {"keras": "1.2", "python": "3.11"}}
        registration = {claim.id: experiment.registration(claim) for claim in experiment.claims}
        made = dataclasses.replace(record_of(experiment.id), provenance=provenance, registration=registration)
        (root / "records" / f"{experiment.id}.json").write_text(records.dumps(made))


def inputs_of(root: Path, chosen: Sequence[Experiment] = EXPERIMENTS) -> Inputs:
    return gather(root, chosen, read_settings(root), "0.1")


def report_of(root: Path, chosen: Sequence[Experiment] = EXPERIMENTS) -> Report:
    return make_report(inputs_of(root, chosen), root, 1, silent)


def report_with(
    root: Path, drawing: Callable[[Plot], Mapping[str, bytes]], chosen: Sequence[Experiment] = EXPERIMENTS
) -> Report:
    """Of a project that has its first figure yet to draw and finds the others drawn."""
    inputs = inputs_of(root, chosen)
    _, *drawn = (plot for study in inputs.studies for plot in study.plots)
    for plot in drawn:
        keep(drawing(plot), root / ".cache" / "figures" / drawing_key(plot))
    return make_report(inputs, root, 1, silent)
