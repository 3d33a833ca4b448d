"""Statistics of made-up curves, smoothing, and the lag of an epoch's mean (G15, G16, G18)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from generator.running.reading import epoch_mean_over_end
from generator.running.simulated import autoregressive, descent
from generator.stats.roughness import statistic
from generator.training.streams import Stream, generator

#: Points that a smoothed series takes to forget where it started.
_BURN_IN = 200


def statistic_of_curves(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """A statistic of `curves` made-up curves a replicate: its `mean` and its root mean square, `rms`, one point each.

    `points`, `memory` and `size` of the noise, `height` of the trend that falls to a fifth of its logarithm.
    """
    points = parameters["points"]
    trend = descent(points, parameters["height"], points / 5)
    compute = statistic(parameters["statistic"])
    values = []
    for replicate in replicates:
        shape = (parameters["curves"], points)
        noise = autoregressive(generator(Stream.NOISE, replicate), "normal", shape, parameters["memory"])
        values.append(compute(trend + parameters["size"] * noise))
    return {
        "mean": np.mean(values, axis=1)[:, None],
        "rms": np.sqrt(np.mean(np.square(values), axis=1))[:, None],
    }


def smoothed(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """An exponential moving average of weight `weight`: the variance it leaves of a series, by the series' own.

    `lag` is by how many points it trails a straight line.
    """
    weight, shape = parameters["weight"], (parameters["curves"], _BURN_IN + parameters["points"])
    ratios = []
    for replicate in replicates:
        series = autoregressive(generator(Stream.NOISE, replicate), "normal", shape, parameters["memory"])
        ratios.append(np.var(_average(series, weight)[:, _BURN_IN:]) / np.var(series[:, _BURN_IN:]))
    line = np.arange(10.0 * _BURN_IN)[None]
    lag = (line - _average(line, weight))[:, -1]
    return {"variance_ratio": np.array(ratios)[:, None], "lag": np.repeat(lag, len(replicates))[:, None]}


def _average(series: np.ndarray, weight: float) -> np.ndarray:
    average = series.copy()
    for point in range(1, series.shape[1]):
        average[:, point] = weight * average[:, point - 1] + (1 - weight) * series[:, point]
    return average


def epoch_lag(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """How far the mean over an epoch of `steps` of an exponential decay, by its end, lies from what is expected."""
    rate, steps = parameters["rate"], parameters["steps"]
    time = (np.arange(steps) + 0.5) / steps
    ratio = np.mean(np.exp(rate * (1 - time)))
    deviation = abs(ratio - epoch_mean_over_end(np.array([rate]))[0])
    return {"deviation": np.full((len(replicates), 1), deviation)}
