"""Curves that are made up: noise of a known size and memory about a known trend."""

from collections.abc import Callable, Mapping
from decimal import Decimal

import numpy as np

#: Steps that an autoregression takes before its first value is used: from any start it forgets the start.
_BURN_IN = 100

#: Kinds of noise, each with standard deviation 1 or, where it has heavy tails, as its distribution gives it.
NOISES: Mapping[str, Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]] = {
    "normal": lambda rng, shape: rng.standard_normal(shape),
    "skewed": lambda rng, shape: rng.standard_exponential(shape),
    "heavy-tailed": lambda rng, shape: rng.standard_t(3, shape),
}


def autoregressive(rng: np.random.Generator, noise: str, shape: tuple[int, int], memory: float) -> np.ndarray:
    """Stationary series x[t] = memory * x[t - 1] + noise[t] of shape (series, points)."""
    series, points = shape
    steps = NOISES[noise](rng, (_BURN_IN + points, series))
    for step in range(1, len(steps)):
        steps[step] += memory * steps[step - 1]
    return np.ascontiguousarray(steps[_BURN_IN:].T)


def descent(points: int, height: float, epochs: float) -> np.ndarray:
    """An exponential trend that falls from `height` and loses a factor e every `epochs` points, shape (points,)."""
    # One exponential in decimals, then products, as the last digit of the C library's depends on the processor.
    kept = float((Decimal(-1) / Decimal(epochs)).exp())
    return height * np.concatenate([[1.0], np.cumprod(np.full(points - 1, kept))])
