"""One report for all tests of all processes; what its pages say does not depend on how its figures are drawn."""

import pickle
from pathlib import Path

import pytest

from generator.figures.catalogue import Plot
from generator.figures.plot import table_csv
from generator.pages.report import Report
from tests.figures.synthetic import plot_named, rendered
from tests.pages.synthetic import make_project, report_with
from tests.sharing import made_once


@pytest.fixture(scope="session")
def original(shared: Path) -> Path:
    """Not to be changed."""
    return made_once(shared / "original", make_project)


@pytest.fixture(scope="session")
def report(original: Path, shared: Path) -> Report:
    """Of the original; its first figure is drawn, the others have one drawing for all, and each its own data."""
    some = plot_named("fig-batch-size-speed")

    def stand_in(plot: Plot) -> dict[str, bytes]:
        drawn = {name.replace(some.id, plot.id): content for name, content in rendered(some, shared).items()}
        return {**drawn, f"{plot.id}.csv": table_csv(plot.table)}

    def make(aside: Path) -> None:
        aside.write_bytes(pickle.dumps(report_with(original, stand_in)))

    report: Report = pickle.loads(made_once(shared / "report.pickle", make).read_bytes())
    return report
