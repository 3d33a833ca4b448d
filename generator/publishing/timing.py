"""How long the report takes where nothing is kept yet."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from generator.pages.figure_files import drawings
from generator.pages.inputs import Inputs
from generator.pages.report import Progress, make_report, write_report
from generator.publishing.site import build_site


def report_seconds(inputs: Inputs, root: Path, progress: Progress) -> dict[str, float]:
    """Seconds to draw every figure, in one process, and to make the site of the records and drawings."""
    plots = [plot for study in inputs.studies for plot in study.plots]

    def draw(folder: Path) -> None:
        drawings(plots, folder / "figures", 1, progress)

    def render(folder: Path) -> None:
        report = make_report(inputs, root, 1, progress)
        write_report(report, folder / "docs")
        build_site(folder / "docs", report.nav, folder / "site", root)

    make_report(inputs, root, 1, progress)  # so that drawings are there to render
    return {"draw": _seconds(draw), "render": _seconds(render)}


def _seconds(work: Callable[[Path], None]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        work(Path(folder))
        return time.perf_counter() - start
