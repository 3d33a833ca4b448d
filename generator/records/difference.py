"""Do two samples of one effect differ? By the same runs, pair by pair, or by runs that have nothing in common.

Records that hold the same replicates drew the same random streams: what differs is the code and the environment, so
each replicate is compared with itself. Other replicates are independent runs of the same question.
"""

import math
import statistics
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generator.errors import GeneratorError
from generator.stats.inference import Array, Interval, hodges_lehmann, paired_effects, signed_rank_p_value

LEVEL = 0.95


@dataclass(frozen=True, kw_only=True)
class Difference:
    """The later effect minus the earlier one, with its interval and two-sided p; `changed` if any value differs."""

    paired: bool
    changed: bool
    interval: Interval
    p: float


def difference(before: npt.ArrayLike, after: npt.ArrayLike, *, paired: bool) -> Difference:
    """Compare an effect's replicates in two records: by signed ranks where they are paired, else by rank sums."""
    old, new = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    if paired:
        within = paired_effects(new, old, "difference")
        return Difference(
            paired=True,
            changed=bool(np.any(within != 0)),
            interval=hodges_lehmann(within, LEVEL),
            p=signed_rank_p_value(within),
        )
    _require_some(old, new)
    return Difference(paired=False, changed=True, interval=shift(old, new), p=rank_sum_p_value(old, new))


def _require_some(old: Array, new: Array) -> None:
    if min(old.size, new.size) < 8:
        raise GeneratorError(f"expected at least 8 runs on each side, found {old.size} and {new.size}")


def shift(old: Array, new: Array) -> Interval:
    """The median of all differences between the two, and its interval (Hollander and Wolfe 1999, equation 4.43)."""
    differences = np.sort(_differences(old, new).ravel())
    middle = float(np.median(differences)) if np.isfinite(differences).all() else float(_middle(differences))
    z = statistics.NormalDist().inv_cdf((1 + LEVEL) / 2)
    spread = math.sqrt(old.size * new.size * (old.size + new.size + 1) / 12)
    bound = max(1, math.floor(old.size * new.size / 2 - z * spread))
    return Interval(estimate=middle, lower=float(differences[bound - 1]), upper=float(differences[-bound]))


def _middle(ordered: Array) -> float:
    """The lower median, which is a number even where its neighbours are infinite."""
    return float(ordered[(ordered.size - 1) // 2])


def _differences(old: Array, new: Array) -> Array:
    """Every later value minus every earlier one; two equal infinities differ by nothing."""
    first, second = np.broadcast_arrays(new[:, np.newaxis], old[np.newaxis, :])
    return np.asarray(np.subtract(first, second, out=np.zeros(first.shape), where=first != second))


def rank_sum_p_value(old: Array, new: Array) -> float:
    """Two-sided p of the Mann-Whitney test by its normal approximation, corrected for ties (Lehmann 1975)."""
    n, m = new.size, old.size
    wins = float(np.sum(new[:, np.newaxis] > old[np.newaxis, :]))
    ties = float(np.sum(new[:, np.newaxis] == old[np.newaxis, :]))
    _, counts = np.unique(np.concatenate([old, new]), return_counts=True)
    correction = float(np.sum(counts**3 - counts)) / ((n + m) * (n + m - 1))
    deviation = math.sqrt(n * m / 12 * ((n + m + 1) - correction))
    if deviation == 0:
        return 1.0
    z = (wins + ties / 2 - n * m / 2) / deviation
    return math.erfc(abs(z) / math.sqrt(2))
