"""What does a plot's smoothing show? The moving average that TensorBoard draws over a curve."""

import numpy as np
import numpy.typing as npt

from generator.errors import GeneratorError
from generator.stats.roughness import Curves


def moving_average(curve: npt.ArrayLike, smoothing: float) -> Curves:
    """The exponential moving average of curves whose last axis is their points, corrected for its start at 0.

    Each point weighs `smoothing` times as much as the next; all weights up to a point are divided by their sum, as
    Adam's averages are (Kingma and Ba 2015, section 3). With a smoothing of 0 it is the curve itself.
    """
    if not 0 <= smoothing < 1:
        raise GeneratorError(f"expected a smoothing of at least 0 and below 1, found {smoothing:g}")
    curves = np.asarray(curve, dtype=np.float64)
    smoothed, average, missing = np.empty_like(curves), np.zeros(curves.shape[:-1]), 1.0
    for point in range(curves.shape[-1]):
        # By repeated products, as the last digit of a power may depend on the processor.
        missing *= smoothing
        average = smoothing * average + (1 - smoothing) * curves[..., point]
        smoothed[..., point] = average / (1 - missing)
    return smoothed
