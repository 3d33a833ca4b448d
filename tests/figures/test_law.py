"""Laws: every point of the table is one of the record, and the dots stand on the prediction."""

import pytest

from generator.figures.sheet import Sheet
from generator.figures.style import LIGHT
from tests.figures.synthetic import FIGURES, figures_of, plot_named, record_of


@pytest.mark.parametrize("name", figures_of("law"))
def test_the_table_is_the_record(name: str) -> None:
    experiment, figure = FIGURES[name]
    record, options = record_of(experiment.id), figure.options
    expected = []
    for data_set, specification in experiment.data_sets.items():
        measured, predicted = (
            record.cells[data_set][options["condition"]].curves[options[which]].quantiles
            for which in ("measured", "predicted")
        )
        for point, at in enumerate(options["at"]):
            row = (measured[0][point], measured[2][point], measured[4][point], predicted[2][point])
            expected.append((specification.label, at, *row))
    assert list(plot_named(name).table.rows) == expected


@pytest.mark.parametrize("name", figures_of("law"))
def test_ticks_are_the_values_that_were_tried(name: str) -> None:
    payload = plot_named(name).payload
    assert payload.x.ticks == tuple(FIGURES[name][1].options["at"])
    positions = payload.x.at(payload.at).tolist()
    assert positions == sorted(positions)
    assert positions[0] > 0
    assert positions[-1] < 1


def test_a_level_is_drawn_and_named_beside_the_curves() -> None:
    from generator.figures import ensemble

    plot = plot_named("fig-edge-of-stability")
    sheet = Sheet(LIGHT)
    ensemble.draw(sheet, plot)
    assert "threshold" in [text.get_text() for text in sheet.figure.texts]
    scale = plot.payload.facets[0].y
    assert scale.low < plot.payload.level[0] < scale.high
