"""A grid of settings: its numbers read again from the record, and an axis that a few high values cannot spoil."""

import math

import numpy as np
import pytest

from generator.figures.catalogue import Plot
from generator.figures.grid import shared_axis
from generator.records.record import Record
from tests.figures.synthetic import FIGURES, figures_of


@pytest.mark.parametrize("figure_id", figures_of("grid"))
def test_every_cell_is_drawn_as_it_stands_in_the_record(plot: Plot, figure_record: Record) -> None:
    _, figure = FIGURES[plot.id]
    rows = iter(plot.table.rows)
    for one, roles in figure.options["cells"].items():
        for other, role in roles.items():
            curve = figure_record.cells[str(figure.data_set)][role].curves[figure.options["curve"]]
            low, _, median, _, high = curve.quantiles
            for place, numbers in enumerate(zip(low, median, high, curve.runs[0], strict=True), start=1):
                assert next(rows) == (one, other, place, *numbers)
    assert next(rows, None) is None


@pytest.mark.parametrize("figure_id", figures_of("grid"))
def test_a_setting_keeps_its_colour_along_its_row(plot: Plot) -> None:
    for place, row in enumerate(plot.payload.rows):
        assert {series.position for series in row.series.values()} == {place}
        assert len({series.condition for series in row.series.values()}) == len(row.series)


@pytest.mark.parametrize("figure_id", figures_of("grid"))
def test_what_diverged_is_said(plot: Plot, diverged_plot: Plot) -> None:
    assert "diverged" in diverged_plot.alt
    assert "Diverged, and drawn at the upper edge" in diverged_plot.caption
    assert "iverged" not in plot.alt + plot.caption


def test_an_axis_leaves_out_the_highest_few() -> None:
    values = [*np.linspace(0.2, 0.8, 970), *np.linspace(20, 90, 30)]
    axis = shared_axis(values)
    assert [axis.low, axis.high] == pytest.approx([0.17, 0.83])
    assert axis.at([50.0, math.inf]).tolist() == [1.0, 1.0]
    assert shared_axis([0.5, 0.5]).low < 0.5 < shared_axis([0.5, 0.5]).high
