"""Figures of every experiment, computed once for all tests of a process and rendered once for all of a run."""

import functools
from pathlib import Path

import pytest

from generator.figures import export
from generator.figures.catalogue import Plot
from generator.figures.sheet import Sheet, style
from generator.figures.style import LIGHT
from generator.records.record import Record
from tests.figures.synthetic import FIGURES, figures_of, plot_named, record_of, rendered


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every figure of every experiment: a new figure is tested by existing. The quick loop takes one of each kind."""
    chosen = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    if "figure_id" in metafunc.fixturenames and "figure_id" not in chosen:
        metafunc.parametrize("figure_id", figures_of())


@functools.cache
def light_sheet(figure_id: str) -> Sheet:
    with style(figure_id):
        return export.drawn(plot_named(figure_id), LIGHT)


@pytest.fixture
def figure_record(figure_id: str) -> Record:
    return record_of(FIGURES[figure_id][0].id)


@pytest.fixture
def plot(figure_id: str) -> Plot:
    return plot_named(figure_id)


@pytest.fixture
def diverged_plot(figure_id: str) -> Plot:
    return plot_named(figure_id, diverging=True)


@pytest.fixture
def files(plot: Plot, shared: Path) -> dict[str, bytes]:
    return rendered(plot, shared)


@pytest.fixture
def sheet(figure_id: str) -> Sheet:
    return light_sheet(figure_id)
