"""What larger work would cost: straight lines and squares through the measured points."""

import pytest

from generator.pages.outlook import outlook, seconds_an_experiment
from generator.records.times import Growth, Times

#: 2 seconds to start and 10 ms a replicate; a microsecond for each pair of pairs.
GROWTH = tuple(Growth(replicates=n, run=2 + 0.01 * n, interval=1e-6 * n**2) for n in (64, 256, 1024))


def test_training_goes_on_as_a_straight_line_and_the_interval_as_a_square() -> None:
    found = outlook(GROWTH, 100_000)
    assert found.run == pytest.approx(2 + 0.01 * 100_000)
    assert found.interval == pytest.approx(1e-6 * 1e10)
    assert found.averages == 8 * 100_000 * 100_001 / 2
    assert found.bottleneck == "the exact interval"
    assert outlook(GROWTH, 4096).bottleneck == "training"


def test_experiments_take_their_mean() -> None:
    seconds = {"a": {"x": 1.0, "y": 2.0}, "b": {"x": 5.0}}
    assert seconds_an_experiment(Times(date="d", machine="m", seconds=seconds)) == 4.0
