"""How far batches' gradients are from the full one, at weights taken from a training run."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.running.conditions import training_of

if TYPE_CHECKING:
    from generator.training.checkpoints import Start
    from generator.training.gradients import Draws

#: A relative error below this is rounding of float32.
_ROUNDING = 1e-5


def gradient_noise(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """Draw batches of each of `sizes` at the weights of each of the epochs in `checkpoints`, `draws` of each.

    One point a checkpoint: `relative_error_<size>`, the root mean square distance from the full gradient in units of
    its length, and the same of `all` examples; `mean_along_<size>`, the mean batch's component along the full gradient
    in that unit; `noise_scale`; `variance_exponent`, the slope of the measured trace against (1/B)(1 - B/N), both
    logarithms, and `predicted_exponent`, which is 1. One point a size, at the last checkpoint: `batch_variance` and
    `predicted_variance`, in units of the variance of single examples.
    """
    from generator.training.checkpoints import start_of, train_with_checkpoints

    training, sizes = training_of(parameters["condition"]), tuple(parameters["sizes"])
    start = start_of(training, replicates)
    chosen = _drawn(replicates, start.x.shape[1], parameters["draws"])
    _, path = train_with_checkpoints(training, replicates, parameters["checkpoints"])
    found = [_at(start, theta, chosen, sizes) for theta in path]
    curves = {name: np.stack([point[name] for point in found], axis=1) for name in found[0]}
    return {**curves, **_by_size(curves, sizes, start.x.shape[1])}


def _drawn(replicates: Sequence[int], examples: int, draws: int) -> np.ndarray:
    """Permutations whose beginnings are batches without replacement, int32 (replicates, draws, examples)."""
    from generator.training.streams import Stream, generator

    plain = np.tile(np.arange(examples, dtype=np.int32), (draws, 1))
    return np.stack([generator(Stream.MEASUREMENT, r).permuted(plain, axis=1) for r in replicates])


def _at(start: "Start", theta: np.ndarray, chosen: np.ndarray, sizes: Sequence[int]) -> dict[str, np.ndarray]:
    """Everything about one checkpoint, each array of shape (replicates,)."""
    from generator.training.gradients import covariance_trace, draw_batches

    surface, _, x, y = start
    full = surface.gradient(theta, x, y)
    length = np.linalg.norm(full.astype(np.float64), axis=1)
    trace = covariance_trace(surface, theta, x, y)
    draws = {str(size): draw_batches(surface, theta, x, y, chosen[:, :, :size], full) for size in sizes}
    draws["all"] = _of_everything(start, theta, chosen[:, 0], full)
    found = {"example_variance": trace, "noise_scale": trace / length**2}
    for name, drawn in draws.items():
        found[f"variance_{name}"] = drawn.distance.mean(axis=1)
        found[f"relative_error_{name}"] = _without_rounding(np.sqrt(drawn.distance.mean(axis=1)) / length)
        found[f"mean_along_{name}"] = drawn.along.mean(axis=1)
    return found


def _of_everything(start: "Start", theta: np.ndarray, order: np.ndarray, full: np.ndarray) -> "Draws":
    """One batch of all examples, which is like every other but for its `order` (replicates, examples)."""
    from generator.training.gradients import Draws

    x, y = (np.stack([each[row] for each, row in zip(v, order, strict=True)]) for v in (start.x, start.y))
    drawn, exact = (g.astype(np.float64) for g in (start.surface.gradient(theta, x, y), full))
    distance, along = ((drawn - exact) ** 2).sum(axis=1), (drawn * exact).sum(axis=1) / (exact**2).sum(axis=1)
    return Draws(distance=distance[:, None], along=along[:, None])


def _without_rounding(error: np.ndarray) -> np.ndarray:
    return np.where(error > _ROUNDING, error, 0.0)


def _by_size(curves: Mapping[str, np.ndarray], sizes: Sequence[int], examples: int) -> dict[str, np.ndarray]:
    """What is compared over the batch sizes."""
    measured = np.stack([curves[f"variance_{size}"] for size in sizes], axis=2)
    predicted = np.array([1 / size - 1 / examples for size in sizes])
    abscissa = np.log(predicted) - np.log(predicted).mean()
    exponent = (np.log(measured) * abscissa).sum(axis=2) / (abscissa**2).sum()
    relative = measured / curves["example_variance"][:, :, None]
    return {
        "variance_exponent": exponent,
        "predicted_exponent": np.ones_like(exponent),
        "mean_along_exact": np.ones_like(exponent),
        "batch_variance": relative[:, -1],
        "predicted_variance": np.tile(predicted, (len(relative), 1)),
    }
