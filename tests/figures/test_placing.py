"""Swarms and labels that keep clear of each other."""

import itertools
import random

import pytest

from generator.figures.placing import spread, swarm

SAMPLES = [
    [0.0] * 12,
    [3.0],
    [float(i) for i in range(20)],
    [random.Random(1).gauss(100, 15) for _ in range(64)],
    [random.Random(2).choice([1.0, 4.0, 9.0]) for _ in range(40)],
]


@pytest.mark.parametrize("positions", SAMPLES)
def test_no_two_dots_of_a_swarm_touch(positions: list[float]) -> None:
    dots = list(zip(positions, swarm(positions, 7.0), strict=True))
    for (x, y), (other_x, other_y) in itertools.combinations(dots, 2):
        assert (x - other_x) ** 2 + (y - other_y) ** 2 >= 7.0**2 - 1e-3


def test_lone_dots_stay_on_the_axis_and_twins_part() -> None:
    assert swarm([0.0, 100.0, 200.0], 7.0) == (0.0, 0.0, 0.0)
    assert swarm([5.0, 5.0, 5.0], 7.0) == (0.0, 7.0, -7.0)


def test_a_swarm_does_not_depend_on_the_order_of_other_dots() -> None:
    positions = SAMPLES[3]
    dots = set(zip(positions, swarm(positions, 7.0), strict=True))
    backwards = positions[::-1]
    assert set(zip(backwards, swarm(backwards, 7.0), strict=True)) == dots


def test_labels_with_room_do_not_move() -> None:
    assert spread([10.0, 90.0, 50.0], [20.0, 20.0, 20.0], 0.0, 100.0) == pytest.approx((10.0, 90.0, 50.0))


def test_labels_at_one_place_part_evenly() -> None:
    assert spread([50.0, 50.0], [20.0, 40.0], 0.0, 100.0) == pytest.approx((35.0, 65.0))


@pytest.mark.parametrize("seed", range(20))
def test_labels_never_overlap_nor_leave_where_there_is_room(seed: int) -> None:
    chance = random.Random(seed)
    centres = [chance.uniform(-20, 120) for _ in range(5)]
    sizes = [chance.uniform(5, 19) for _ in centres]
    placed = spread(centres, sizes, 0.0, 100.0)
    boxes = sorted((centre - size / 2, centre + size / 2) for centre, size in zip(placed, sizes, strict=True))
    assert boxes[0][0] >= -1e-9
    assert boxes[-1][1] <= 100 + 1e-9
    assert all(before[1] <= after[0] + 1e-9 for before, after in itertools.pairwise(boxes))
    assert sorted(range(5), key=placed.__getitem__) == sorted(range(5), key=centres.__getitem__)


def test_no_smaller_move_would_do() -> None:
    """Against brute force over a grid: the sum of squares is the least that keeps both apart."""
    centres, sizes = [40.0, 46.0], [20.0, 10.0]
    placed = spread(centres, sizes, 0.0, 100.0)
    grid = [position / 4 for position in range(80, 260)]
    best = min((a - 40.0) ** 2 + (b - 46.0) ** 2 for a, b in itertools.product(grid, grid) if b - a >= 15.0)
    assert (placed[0] - 40.0) ** 2 + (placed[1] - 46.0) ** 2 == pytest.approx(best)
