"""How rough is a curve? Numbers per curve: size of the noise, shape of the noise, movement the wrong way.

Every function takes an array whose last axis is the points of a curve, equally spaced, and whose first axis, where
there are several curves, is the replicate; it computes in float64 and returns one number per curve. The ordinary
standard deviation is not among them: on a curve that descends it measures the descent.

A curve with a point that is not finite belongs to a run that diverged. It is never dropped: every statistic gives it
`inf`, the worst rank for a size and outside the range of the scale-free ones, so that it cannot be mistaken for a
shape; only `net_descent`, where more is better, gives `-inf`.
"""

import functools
import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Concatenate, ParamSpec, TypeAlias

import numpy as np
import numpy.typing as npt

from generator.errors import GeneratorError, UnknownNameError

P = ParamSpec("P")
Curves: TypeAlias = npt.NDArray[np.float64]
Formula: TypeAlias = Callable[Concatenate[Curves, P], Curves]
Statistic: TypeAlias = Callable[Concatenate[npt.ArrayLike, P], Curves]

#: A difference this small is rounding, not movement. Float32 losses of a network that stands still differ by up to
#: 6e-8 from epoch to epoch, and rounding alone would turn two times in three.
TOLERANCE = 1e-6

#: Above this ratio of second to third differences the trend, not the noise, makes the second differences.
GUARD_RATIO = 1.25


def _per_curve(points: int, diverged: float = math.inf) -> Callable[[Formula[P]], Statistic[P]]:
    """Turn a formula for finite float64 curves of at least `points` points into a statistic of any curves."""

    def decorate(formula: Formula[P]) -> Statistic[P]:
        @functools.wraps(formula)
        def measure(curve: npt.ArrayLike, /, *args: P.args, **kwargs: P.kwargs) -> Curves:
            curves = _at_least(points, curve, formula.__name__)
            finite = np.asarray(np.isfinite(curves).all(axis=-1, keepdims=True))
            with np.errstate(over="ignore", invalid="ignore"):
                values = formula(np.where(finite, curves, 0.0), *args, **kwargs)
            return np.where(finite[..., 0] & np.isfinite(values), values, diverged)

        return measure

    return decorate


def _at_least(points: int, curve: npt.ArrayLike, name: str) -> Curves:
    # Contiguous, as the order of a sum, and so its last digit, follows the layout in memory.
    curves = np.ascontiguousarray(curve, dtype=np.float64)
    if curves.shape[-1] < points:
        raise GeneratorError(f"{name}: expected a curve of at least {points} points, found {curves.shape[-1]}")
    return curves


def _difference_sd(curves: Curves, order: int) -> Curves:
    """Noise sd from differences of one order: their variance is C(2k, k) times that of white noise."""
    differences = np.diff(curves, n=order, axis=-1)
    return np.sqrt(_mean(differences**2) / math.comb(2 * order, order))


def _mean(values: Curves | npt.NDArray[np.bool_]) -> Curves:
    return np.asarray(np.mean(values, axis=-1), dtype=np.float64)


@_per_curve(points=2)
def first_difference_sd(curves: Curves) -> Curves:
    """Noise sd from first differences (Rice 1984, Annals of Statistics 12:1215): exact only where nothing trends."""
    return _difference_sd(curves, 1)


@_per_curve(points=3)
def second_difference_sd(curves: Curves) -> Curves:
    """Noise sd from second differences, blind to a straight trend.

    The square root of the sum of squared second differences over 6 (n - 2), with equal spacing (Gasser, Sroka and
    Jennen-Steinmetz 1986, Biometrika 73:625). The square is unbiased for white noise about a straight line.
    """
    return _difference_sd(curves, 2)


def second_difference_sd_error(points: int) -> float:
    """Standard error of `second_difference_sd` of one curve of white normal noise, as a share of it.

    By the delta method from the variance of the sum of squares of second differences, whose autocorrelations are -2/3
    and 1/6 at lags 1 and 2.
    """
    count = points - 2
    if count < 1:
        raise GeneratorError(f"expected at least 3 points, found {points}")
    together = count + 2 * (count - 1) * (2 / 3) ** 2 + 2 * max(count - 2, 0) * (1 / 6) ** 2
    return math.sqrt(2 * together) / count / 2


@_per_curve(points=4)
def third_difference_sd(curves: Curves) -> Curves:
    """Noise sd from third differences, over 20 (n - 3): blind to a parabola too, but noisier; guards the second."""
    return _difference_sd(curves, 3)


def difference_guard(curve: npt.ArrayLike) -> Curves:
    """The ratio of `second_difference_sd` to `third_difference_sd`, near 1 where both see only noise.

    Above `GUARD_RATIO` the trend bends too much for the second differences, which then overstate the noise. 1 where
    neither sees any, `inf` where only the second does and where the run diverged.
    """
    curves = _at_least(4, curve, "difference_guard")
    second, third = second_difference_sd(curves), third_difference_sd(curves)
    comparable = (third > 0) & np.isfinite(second)
    ratio = np.divide(second, third, out=np.full_like(second, math.inf), where=comparable)
    return np.where((second == 0) & (third == 0), 1.0, ratio)


@_per_curve(points=2)
def upward_variation(curves: Curves) -> Curves:
    """Mean upward step times the square root of pi: the noise sd where the curve is flat, 0 where it never rises.

    An upward step of white noise with sd s averages s / sqrt(pi), as E max(D, 0) = sd(D) / sqrt(2 pi) for a normal
    difference D of sd s sqrt(2). A steep descent hides rises: then it is a lower bound.
    """
    rises = np.maximum(np.diff(curves, axis=-1), 0.0)
    return math.sqrt(math.pi) * _mean(rises)


@_per_curve(points=3)
def turning_point_rate(curves: Curves, tolerance: float = TOLERANCE) -> Curves:
    """Turning points per interior point, in [0, 1].

    A step is a movement where it exceeds `tolerance`, in the unit of the curve; smaller ones are none. A turning point
    is a movement opposite to the latest movement before it, whatever stands still between them. White noise turns at
    2/3 of the points (Bienayme 1874), a random walk at 1/2, a two-cycle at all, a monotone curve at none; a
    stationary AR(1) series with coefficient f at arccos(-(1 - f) / 2) / pi (the orthant probability of Sheppard 1899
    for two successive differences).
    """
    movement = _movements(np.diff(curves, axis=-1), tolerance)
    turns = movement[..., 1:] * _latest(movement)[..., :-1] < 0
    return _mean(turns)


def _movements(steps: Curves, tolerance: float) -> Curves:
    return np.where(np.abs(steps) > tolerance, np.sign(steps), 0.0)


def _latest(movement: Curves) -> Curves:
    """The last movement up to each step, 0 before the first."""
    position = np.where(movement != 0, np.arange(movement.shape[-1]), 0)
    return np.take_along_axis(movement, np.maximum.accumulate(position, axis=-1), axis=-1)


@_per_curve(points=2)
def max_draw_up(curves: Curves) -> Curves:
    """The largest rise above an earlier point; grows with the number of points, so compare windows of one length."""
    return np.asarray(np.max(curves - np.minimum.accumulate(curves, axis=-1), axis=-1))


@_per_curve(points=2)
def max_draw_down(curves: Curves) -> Curves:
    """The largest fall below an earlier point: what `max_draw_up` is to a loss, for a curve that should rise."""
    return np.asarray(np.max(np.maximum.accumulate(curves, axis=-1) - curves, axis=-1))


@_per_curve(points=4)
def residual_autocorrelation(curves: Curves, tolerance: float = TOLERANCE) -> Curves:
    """Lag-1 autocorrelation of the residuals from the least-squares line.

    Negative where the curve overshoots, 0 for white noise, positive where it drifts. For an AR(1) residual with
    coefficient f it comes out low by about (2 + 5 f) / n, where a mean without a slope would cost (1 + 4 f) / n
    (Marriott and Pope 1954, Biometrika 41:390; the line's figure is ours, by simulation). A bend that a line cannot
    follow pulls towards 1. A curve within `tolerance` of its line has no residual and counts as 0.
    """
    residuals = _about_the_line(curves)
    moves = ~(np.max(np.abs(residuals), axis=-1) <= tolerance)  # true of NaN, from an overflow, too
    total = np.where(moves, np.sum(residuals**2, axis=-1), 1.0)
    return np.where(moves, np.sum(residuals[..., 1:] * residuals[..., :-1], axis=-1) / total, 0.0)


def _about_the_line(curves: Curves) -> Curves:
    points = curves.shape[-1]
    time = np.arange(points) - (points - 1) / 2
    slope = np.sum(curves * time, axis=-1, keepdims=True) / np.sum(time**2)
    return np.asarray(curves - _mean(curves)[..., np.newaxis] - slope * time)


@_per_curve(points=1)
def level(curves: Curves) -> Curves:
    """Mean over the window."""
    return _mean(curves)


@_per_curve(points=1)
def last(curves: Curves) -> Curves:
    """The last point."""
    return np.asarray(curves[..., -1])


@_per_curve(points=1)
def points(curves: Curves) -> Curves:
    """How many points there are: where a rule ends the window, the last epoch trained."""
    return np.full(curves.shape[:-1], float(curves.shape[-1]))


@_per_curve(points=2, diverged=-math.inf)
def net_descent(curves: Curves) -> Curves:
    """The first point minus the last."""
    return np.asarray(curves[..., 0] - curves[..., -1])


@_per_curve(points=1)
def minimum(curves: Curves) -> Curves:
    """The lowest point."""
    return np.asarray(np.min(curves, axis=-1))


def between_replicate_sd(curves: npt.ArrayLike) -> Curves:
    """Standard deviation over replicates (divisor n - 1) at each point: shape (replicates, points) to (points,).

    `inf` at every point where a replicate is not finite. Known within a factor of 1.32 at 50 replicates (95 %).
    """
    values = np.asarray(curves, dtype=np.float64)
    if values.ndim < 2 or len(values) < 2:
        raise GeneratorError(f"between_replicate_sd: expected at least 2 replicates, found shape {values.shape}")
    finite = np.isfinite(values).all(axis=0)
    return np.where(finite, np.std(np.where(finite, values, 0.0), axis=0, ddof=1), math.inf)


def sampling_share(step_loss: npt.ArrayLike, example_losses: npt.ArrayLike, batch_size: int) -> Curves:
    """The share of a step curve's noise variance that is only the choice of the batch, not movement of the weights.

    `step_loss` is (..., points) and `example_losses`, of every training example at weights of the same stretch,
    (..., examples). The variance S of the examples over the batch size is set against the squared second-difference sd
    of the steps. No finite-population factor: batches that partition an epoch are anti-correlated by -S/N, which
    raises their differences by what the factor 1 - B/N takes from their variance, so that S/B holds for partitions and
    for independent batches alike (over epochs of M steps it is high by a factor 1 + 2 / (3 M^2)). Not clipped: an
    estimate near 1 may exceed it. 0 where one batch holds every example; `inf` where the steps show no noise at all.
    """
    losses = _at_least(2, example_losses, "sampling_share")
    _require_batch(batch_size)
    noise = np.square(second_difference_sd(step_loss))
    if batch_size >= losses.shape[-1]:
        return np.zeros_like(noise)
    sampled = np.broadcast_to(np.var(losses, axis=-1, ddof=1) / batch_size, noise.shape)
    ratio = np.divide(sampled, noise, out=np.full_like(noise, math.inf), where=noise > 0)
    return np.where(sampled == 0, 0.0, ratio)


def _require_batch(batch_size: int) -> None:
    if batch_size < 1:
        raise GeneratorError(f"sampling_share: expected a batch size of at least 1, found {batch_size}")


#: Every statistic that a `generator.spec.Metric` may name.
STATISTICS: Mapping[str, Statistic[[]]] = MappingProxyType(
    {
        function.__name__: function
        for function in (
            first_difference_sd,
            second_difference_sd,
            third_difference_sd,
            difference_guard,
            upward_variation,
            turning_point_rate,
            max_draw_up,
            max_draw_down,
            residual_autocorrelation,
            level,
            last,
            points,
            net_descent,
            minimum,
        )
    }
)


def statistic(name: str) -> Statistic[[]]:
    """The statistic of this name."""
    if name not in STATISTICS:
        raise UnknownNameError("statistic", name, STATISTICS)
    return STATISTICS[name]
