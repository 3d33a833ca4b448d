"""Figures of every experiment, computed and drawn once for all tests of a process."""

import functools

import pytest

from generator import experiments
from generator.figures import export
from generator.figures.catalogue import Plot
from generator.figures.sheet import Sheet, style
from generator.figures.style import LIGHT
from generator.records.record import Record
from tests.figures.synthetic import FIGURES, plot_of, record_of


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every figure of every experiment: a new figure is tested by existing."""
    chosen = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    if "figure_id" in metafunc.fixturenames and "figure_id" not in chosen:
        metafunc.parametrize("figure_id", FIGURES)


@functools.cache
def record(experiment: str, diverging: bool = False) -> Record:
    return record_of(experiments.find(experiment), diverging=diverging)


@functools.cache
def computed(figure_id: str, diverging: bool = False) -> Plot:
    experiment, figure = FIGURES[figure_id]
    return plot_of(figure, experiment, record(experiment.id, diverging))


@functools.cache
def rendered(figure_id: str) -> dict[str, bytes]:
    return export.render(computed(figure_id))


@functools.cache
def light_sheet(figure_id: str) -> Sheet:
    with style(figure_id):
        return export.drawn(computed(figure_id), LIGHT)


@pytest.fixture
def figure_record(figure_id: str) -> Record:
    return record(FIGURES[figure_id][0].id)


@pytest.fixture
def plot(figure_id: str) -> Plot:
    return computed(figure_id)


@pytest.fixture
def diverged_plot(figure_id: str) -> Plot:
    return computed(figure_id, True)


@pytest.fixture
def files(figure_id: str) -> dict[str, bytes]:
    return rendered(figure_id)


@pytest.fixture
def sheet(figure_id: str) -> Sheet:
    return light_sheet(figure_id)
