"""Does a number rise with a dose, within each replicate? Page's test for ordered alternatives.

Written out here because the report half does without SciPy; the tests hold it against SciPy's and against enumeration.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generator.errors import GeneratorError
from generator.stats.inference import Array


@dataclass(frozen=True, kw_only=True)
class Trend:
    """Page's L of `replicates` at `doses`, in standard errors above its expectation (`z`), and its one-sided p-value.

    L is `expected` where the dose does nothing, and `highest` where every replicate rises from dose to dose.
    """

    statistic: float
    expected: float
    highest: float
    z: float
    p: float
    replicates: int
    doses: int


def page_trend(values: npt.ArrayLike) -> Trend:
    """Test whether values (replicates, doses) rise from dose to dose (Page 1963, JASA 58:216).

    L is the sum of the doses' ranks times their number, 1 to k; its distribution is taken as normal. Equal values share
    their mean rank, and the variance is that over permutations of the ranks as they are, so that ties do not make the
    test timid. Infinite values have the outermost ranks, several in a replicate share them.
    """
    ranks = _ranks(_table(values))
    replicates, doses = ranks.shape
    position = np.arange(1.0, doses + 1)
    expected = replicates * doses * (doses + 1) ** 2 / 4
    statistic = float(np.sum(ranks * position))
    # A row's variance over all orders of its ranks is the product of both sums of squares over k - 1.
    squares = np.sum((ranks - (doses + 1) / 2) ** 2) * np.sum((position - (doses + 1) / 2) ** 2)
    error = math.sqrt(squares / (doses - 1))
    z = (statistic - expected) / error if error > 0 else 0.0
    return Trend(
        statistic=statistic,
        expected=expected,
        highest=replicates * float(np.sum(position**2)),
        z=z,
        p=math.erfc(z / math.sqrt(2)) / 2,
        replicates=replicates,
        doses=doses,
    )


def _table(values: npt.ArrayLike) -> Array:
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or table.shape[0] < 1 or table.shape[1] < 3:
        raise GeneratorError(f"expected values of at least 1 replicate at 3 doses or more, found shape {table.shape}")
    if np.isnan(table).any():
        raise GeneratorError(f"expected values that can be ranked, found {np.isnan(table).sum()} that are not a number")
    return table


def _ranks(table: Array) -> Array:
    """Ranks within each row, from 1; equal values share the mean of theirs."""
    ours, others = table[:, :, np.newaxis], table[:, np.newaxis, :]
    below, alike = np.sum(others < ours, axis=2), np.sum(others == ours, axis=2)
    return np.asarray(below + (alike + 1) / 2, dtype=np.float64)
