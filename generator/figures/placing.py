"""Where marks and labels go so that they do not cover each other; by rule, without chance."""

import math
from collections.abc import Sequence


def swarm(positions: Sequence[float], distance: float) -> tuple[float, ...]:
    """An offset across the axis for each dot, so that no two centres are nearer than `distance`.

    Dots are placed from left to right, each at the offset nearest the axis that is free, the side above first.
    """
    offsets = [0.0] * len(positions)
    placed: list[tuple[float, float]] = []
    for index in sorted(range(len(positions)), key=lambda i: (positions[i], i)):
        position = positions[index]
        near = [(x, y) for x, y in placed if position - x < distance]
        offsets[index] = _free_offset(position, near, distance)
        placed = [*near, (position, offsets[index])]
    return tuple(offsets)


def _free_offset(position: float, near: Sequence[tuple[float, float]], distance: float) -> float:
    reaches: list[tuple[float, float]] = [(y, math.sqrt(distance**2 - (position - x) ** 2)) for x, y in near]
    candidates: list[float] = [0.0, *(y + side * reach for y, reach in reaches for side in (1, -1))]
    free = [c for c in candidates if all(abs(c - y) >= reach - 1e-9 for y, reach in reaches)]
    nearest: float = min(free, key=_nearness)
    return round(nearest, 6)


def _nearness(offset: float) -> tuple[float, float]:
    return round(abs(offset), 6), -offset


def spread(centres: Sequence[float], sizes: Sequence[float], low: float, high: float) -> tuple[float, ...]:
    """The centres moved as little as possible so that intervals of these sizes keep their order and do not overlap.

    Least squares by pooling adjacent violators (Ayer et al. 1955); then pushed between `low` and `high`, where there
    is room for all.
    """
    order = sorted(range(len(centres)), key=lambda i: (centres[i], i))
    starts = [sum(sizes[i] for i in order[:rank]) + sizes[index] / 2 for rank, index in enumerate(order)]
    pools: list[list[float]] = []
    for index, start in zip(order, starts, strict=True):
        pools.append([centres[index] - start])
        while len(pools) > 1 and _mean(pools[-2]) > _mean(pools[-1]):
            last = pools.pop()
            pools[-1] += last
    shifts = [min(max(_mean(pool), low), high - sum(sizes)) for pool in pools for _ in pool]
    placed = {index: shift + start for index, shift, start in zip(order, shifts, starts, strict=True)}
    return tuple(placed[index] for index in range(len(centres)))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
