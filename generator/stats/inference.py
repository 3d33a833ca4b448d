"""What do paired replicates say about an effect? Hodges-Lehmann estimates with exact Wilcoxon intervals.

Written out here because SciPy offers neither the quantiles of the exact signed-rank null distribution nor the
Hodges-Lehmann interval, and because the report half does without SciPy; the tests hold it against SciPy's p-values
and against enumeration. Estimate, interval and p-value come from one object, the Walsh averages of the differences
(Hodges and Lehmann 1963; Hollander and Wolfe 1999, section 3.2), so that they never contradict each other.

Infinite differences (a diverged run, a zero against a positive value) take part by rank: they lie beyond every finite
number, and an average of two opposite ones says nothing and counts as 0. No difference is dropped.
"""

import functools
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from generator.errors import GeneratorError

Array: TypeAlias = npt.NDArray[np.float64]

SCALES = ("log-ratio", "difference")


#: How often all intervals of a family may miss together: one minus their confidence level. Equivalence is tested by
#: two one-sided tests, which is an interval with twice the error.
ERROR, EQUIVALENCE_ERROR = 0.05, 0.10


@dataclass(frozen=True, kw_only=True)
class Interval:
    """An estimate and the limits of its confidence interval, which may be infinite."""

    estimate: float
    lower: float
    upper: float

    def __post_init__(self) -> None:
        if not self.lower <= self.estimate <= self.upper:
            raise GeneratorError(f"expected lower <= estimate <= upper, found {self}")


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A paired effect, on the scale of its differences.

    `lower` and `upper` hold with 95 %, `lower_90` and `upper_90` with 90 %, simultaneously for the whole family
    (Bonferroni); `lower_single` and `upper_single` with 95 % for this comparison alone. `p` is two-sided and not
    adjusted. Of the `n` differences, `wins` are above 0 and `infinite` are not finite.
    """

    estimate: float
    lower: float
    upper: float
    lower_90: float
    upper_90: float
    lower_single: float
    upper_single: float
    p: float
    n: int
    wins: int
    infinite: int

    def __post_init__(self) -> None:
        if not self.lower <= self.lower_90 <= self.estimate <= self.upper_90 <= self.upper:
            raise GeneratorError(f"expected the 90 % interval inside the 95 % one about the estimate, found {self}")
        if not self.lower <= self.lower_single <= self.estimate <= self.upper_single <= self.upper:
            raise GeneratorError(f"expected the single interval inside the simultaneous one, found {self}")


def paired_effects(larger: npt.ArrayLike, smaller: npt.ArrayLike, scale: str) -> Array:
    """Effect of each pair, `larger` against `smaller`, both of shape (n,): log of the ratio, or difference.

    Equal values, two infinite ones and two zeros included, are a tie: 0. Otherwise an infinite value against a finite
    one is +-inf, and so is, for a log ratio, a positive value against zero.
    """
    first, second = _values(larger), _values(smaller)
    if first.shape != second.shape:
        raise GeneratorError(f"expected as many values on both sides, found {len(first)} and {len(second)}")
    if scale not in SCALES:
        raise GeneratorError(f"expected a scale of 'log-ratio' or 'difference', found {scale!r}")
    if scale == "log-ratio":
        return _differences(_logarithms(first), _logarithms(second))
    return _differences(first, second)


def _values(sample: npt.ArrayLike) -> Array:
    values = np.asarray(sample, dtype=np.float64)
    if values.ndim != 1 or values.size == 0:
        raise GeneratorError(f"expected one number per replicate, at least one, found shape {values.shape}")
    if np.isnan(values).any():
        raise GeneratorError(f"expected a number per replicate, found {np.isnan(values).sum()} NaN of {values.size}")
    return values


def _logarithms(values: Array) -> Array:
    if values.min() < 0:
        raise GeneratorError(f"expected no value below 0 for a log ratio, found {values.min():g}")
    # Not numpy's log: its last digit depends on whether the processor has AVX-512.
    return np.array([math.log(value) if value > 0 else -math.inf for value in values])


def _differences(first: Array, second: Array) -> Array:
    tied = first == second
    return np.subtract(first, second, out=np.zeros_like(first), where=~tied)


@functools.lru_cache(maxsize=64)
def signed_rank_distribution(n: int) -> Array:
    """P(W = w) for w = 0 to n (n + 1) / 2, where W is Wilcoxon's signed-rank sum of n pairs without an effect.

    Each rank joins the sum with probability 1/2, which gives the recursion over ranks (Wilcoxon 1945). Read-only.
    """
    _require_pairs(n)
    probabilities = np.zeros(n * (n + 1) // 2 + 1)
    probabilities[0] = 1.0
    for rank in range(1, n + 1):
        shifted = np.concatenate([np.zeros(rank), probabilities[:-rank]])
        probabilities = (probabilities + shifted) / 2
    probabilities.flags.writeable = False
    return probabilities


def _require_pairs(n: int) -> None:
    if n < 1:
        raise GeneratorError(f"expected at least 1 pair, found {n}")


@functools.lru_cache(maxsize=256)
def signed_rank_critical(n: int, level: float) -> int:
    """Which Walsh average, counted from 1 at either end, bounds the interval of this level; 0 where none does.

    The number of signed-rank sums w with P(W <= w) <= (1 - level) / 2, as in the tables of Hollander and Wolfe:
    53 for 20 pairs and 138 for 30 at 95 %.
    """
    if not 0 < level < 1:
        raise GeneratorError(f"expected a confidence level between 0 and 1, found {level:g}")
    return int(np.searchsorted(np.cumsum(signed_rank_distribution(n)), (1 - level) / 2, side="right"))


def hodges_lehmann(differences: npt.ArrayLike, level: float) -> Interval:
    """The median of the Walsh averages and their exact signed-rank interval (Hodges and Lehmann 1963).

    It estimates the pseudomedian, which is the median of symmetric differences. Too few pairs for the level give the
    interval (-inf, inf).
    """
    values = _values(differences)
    return _interval(_walsh_averages(values), signed_rank_critical(values.size, level))


def _walsh_averages(values: Array) -> Array:
    """The averages of all pairs i <= j, sorted: shape (n (n + 1) / 2,)."""
    first, second = np.triu_indices(values.size)
    return np.sort(_average(values[first], values[second]))


def _average(first: Array, second: Array) -> Array:
    """Halfway between two numbers; 0 where they are infinite with opposite signs."""
    opposite = np.isinf(first) & (first == -second)
    return np.add(first / 2, second / 2, out=np.zeros_like(first), where=~opposite)


def _interval(walsh: Array, critical: int) -> Interval:
    middle = _average(walsh[[(walsh.size - 1) // 2]], walsh[[walsh.size // 2]])
    lower, upper = (walsh[critical - 1], walsh[-critical]) if critical else (-math.inf, math.inf)
    return Interval(estimate=float(middle[0]), lower=float(lower), upper=float(upper))


def signed_rank_p_value(differences: npt.ArrayLike) -> float:
    """Two-sided p of the exact signed-rank test that the differences centre on 0.

    Zero differences and ties of opposite sign are kept, and the zero Walsh averages they make count against an effect.
    So p is at most 1 - level exactly where the interval of that level excludes 0.
    """
    return _p_value(_walsh_averages(_values(differences)))


def _p_value(walsh: Array) -> float:
    # A signed-rank sum is the number of Walsh averages on one side of 0 (Tukey 1949), and n follows from their number.
    pairs = (math.isqrt(8 * walsh.size + 1) - 1) // 2
    extreme = min(int(np.sum(walsh <= 0)), int(np.sum(walsh >= 0)))
    return min(1.0, 2 * float(np.cumsum(signed_rank_distribution(pairs))[extreme]))


def estimate_effect(differences: npt.ArrayLike, family_size: int) -> Estimate:
    """Estimate, intervals and p-value of one comparison among `family_size` (Bonferroni)."""
    if family_size < 1:
        raise GeneratorError(f"expected a family of at least 1 comparison, found {family_size}")
    values = _values(differences)
    walsh = _walsh_averages(values)
    whole, narrow, single = (
        _interval(walsh, signed_rank_critical(values.size, 1 - error))
        for error in (ERROR / family_size, EQUIVALENCE_ERROR / family_size, ERROR)
    )
    return Estimate(
        estimate=whole.estimate,
        lower=whole.lower,
        upper=whole.upper,
        lower_90=narrow.lower,
        upper_90=narrow.upper,
        lower_single=single.lower,
        upper_single=single.upper,
        p=_p_value(walsh),
        n=values.size,
        wins=int(np.sum(values > 0)),
        infinite=int(np.sum(np.isinf(values))),
    )


def holm(p_values: Sequence[float], family_size: int) -> tuple[float, ...]:
    """P-values adjusted for the whole family, in the order given (Holm 1979, Scandinavian Journal of Statistics 6:65).

    Members of the family that were not tested count as p = 1.
    """
    if len(p_values) > family_size:
        raise GeneratorError(f"expected at most {family_size} p-values for the family, found {len(p_values)}")
    if not all(0 <= p <= 1 for p in p_values):
        raise GeneratorError(f"expected p-values between 0 and 1, found {list(p_values)}")
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, position in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (family_size - rank) * p_values[position]))
        adjusted[position] = largest
    return tuple(adjusted)


def wilson_interval(successes: int, trials: int, level: float = 0.95) -> Interval:
    """A share with Wilson's score interval, which stays within 0 and 1 (Wilson 1927, JASA 22:209)."""
    if not 0 <= successes <= trials or trials < 1:
        raise GeneratorError(f"expected a number of successes among at least 1 trial, found {successes} of {trials}")
    z = statistics.NormalDist().inv_cdf((1 + level) / 2)
    share, weight = successes / trials, z * z / trials
    centre = (share + weight / 2) / (1 + weight)
    half = z * math.sqrt(share * (1 - share) / trials + weight / (4 * trials)) / (1 + weight)
    return Interval(
        estimate=share, lower=max(0.0, min(centre - half, share)), upper=min(1.0, max(centre + half, share))
    )
