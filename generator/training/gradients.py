"""How far the gradient of a batch is from the gradient of all examples, at weights that stand still."""

from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from generator.training.surface import Surface, over_replicates


class Draws(NamedTuple):
    """What batches drawn at frozen weights say, each of shape (replicates, draws).

    `distance` is the squared distance of a batch's gradient from the full one; `along` its component along the full
    gradient, in units of that gradient's length.
    """

    distance: np.ndarray
    along: np.ndarray


def example_gradients(surface: Surface, theta: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The gradient of each single example's loss, shape (replicates, examples, parameters)."""

    def measure(theta: Any, x: Any, y: Any) -> Any:
        return over_replicates(lambda *each: _of_examples(surface, *each), theta, x, y)

    return np.asarray(surface.run(measure, theta, x, y, name="examples"))


def covariance_trace(surface: Surface, theta: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The trace of the covariance of the examples' gradients, with the divisor N - 1, shape (replicates,)."""

    def of_replicate(each: Any) -> Any:
        theta, mean, x, y = each
        return tf.reduce_sum((_of_examples(surface, theta, x, y) - mean) ** 2, axis=1)

    # One after the other: all gradients of all replicates at once would not fit into memory.
    def measure(*all_: Any) -> Any:
        return tf.map_fn(of_replicate, all_, fn_output_signature=all_[0].dtype)

    mean = surface.gradient(theta, x, y)
    found = [surface.run(measure, theta, mean, x[:, p], y[:, p], name="trace") for p in surface.parts(x.shape[1])]
    return np.asarray(np.concatenate(found, axis=1).sum(axis=1, dtype=np.float64) / (x.shape[1] - 1))


def _of_examples(surface: Surface, theta: Any, x: Any, y: Any) -> Any:
    return over_replicates(lambda a, b: surface.slope(theta, a[None], b[None]), x, y)


def batch_covariance_trace(trace: np.ndarray, batch_size: int, examples: int) -> np.ndarray:
    """The trace for the mean of a batch drawn without replacement: S (1/B - 1/N) (Cochran 1977, eq. 2.9)."""
    return np.asarray(trace * (1 / batch_size - 1 / examples))


def draw_batches(
    surface: Surface, theta: np.ndarray, x: np.ndarray, y: np.ndarray, chosen: np.ndarray, full: np.ndarray
) -> Draws:
    """The gradients of real batches against the `full` one; `chosen` holds examples (replicates, draws, batch)."""

    def measure(theta: Any, x: Any, y: Any, chosen: Any, full: Any) -> Any:
        length = tf.reduce_sum(full**2, axis=1)

        def of_draw(index: Any) -> Any:
            batch = (tf.gather(values, index, batch_dims=1) for values in (x, y))
            gradient = over_replicates(surface.slope, theta, *batch)
            return tf.reduce_sum((gradient - full) ** 2, axis=1), tf.reduce_sum(gradient * full, axis=1) / length

        return tf.map_fn(of_draw, chosen, fn_output_signature=(theta.dtype, theta.dtype))

    order = np.ascontiguousarray(chosen.swapaxes(0, 1))
    distance, along = surface.run(measure, theta, x, y, order, full, name="draws")
    return Draws(distance=distance.T.astype(np.float64), along=along.T.astype(np.float64))


def noise_scale(small: np.ndarray, large: np.ndarray, sizes: tuple[int, int]) -> float:
    """The simple noise scale tr S / |G|^2 from squared gradient norms of batches of two sizes, the smaller first.

    Numerator and denominator are each unbiased and averaged apart, as the mean of ratios is far too large
    (McCandlish et al. 2018, appendix A.1).
    """
    first, second = sizes
    low, high = float(np.mean(small)), float(np.mean(large))
    covariance = (low - high) / (1 / first - 1 / second)
    signal = (second * high - first * low) / (second - first)
    return covariance / signal
