"""One run under several conditions: its numbers read again from the record."""

import itertools

import pytest

from generator.figures.catalogue import Plot
from generator.records.record import Record
from tests.figures.synthetic import FIGURES, figures_of


@pytest.mark.parametrize("figure_id", figures_of("runs"))
def test_the_first_replicate_is_drawn_under_each_condition(plot: Plot, figure_record: Record) -> None:
    experiment, figure = FIGURES[plot.id]
    rows = iter(plot.table.rows)
    for role in figure.options["conditions"]:
        run = figure_record.cells[str(figure.data_set)][role].curves[figure.options["curve"]].runs[0]
        for place, value in enumerate(run, start=1):
            assert next(rows) == (experiment.labels[role], place, value)
        rises = any(after > before for before, after in itertools.pairwise(run))
        assert f"{'rising now and then' if rises else 'never rising'}" in plot.alt
    assert next(rows, None) is None
