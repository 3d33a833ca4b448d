"""Paths of descent on surfaces of different shape, at steps of equal size for the curvature where they begin."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.running.conditions import training_of

if TYPE_CHECKING:
    from generator.training.checkpoints import Start
    from generator.training.trainer import Training

#: Added to a replicate to begin its second run elsewhere: no experiment uses the initial weights of such numbers.
_ELSEWHERE = 100_000


def descent_at_equal_steps(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """Descend by batches at a learning rate of `rate_times_curvature` over the top eigenvalue of the initial Hessian.

    One point an epoch: `train_loss`, exact, and `detour`, the length of the path so far over the distance covered. One
    number: `distance_of_ends`, the root mean square difference between the predictions of this run and of one from
    other initial weights, with the same data, order and rate.
    """
    from generator.training.checkpoints import largest_curvature, start_of

    training = training_of(parameters["condition"])
    start = start_of(training, replicates)
    elsewhere = start_of(training, [r + _ELSEWHERE for r in replicates]).theta
    order = _batches(training, replicates, start.x.shape[1])
    rate = parameters["rate_times_curvature"] / largest_curvature(start, replicates)
    epochs = list(_epochs(start, start.theta, order, rate))
    *_, (other_end, _) = _epochs(start, elsewhere, order, rate)
    ends = [start.surface.output(theta, start.x).astype(np.float64) for theta in (epochs[-1][0], other_end)]
    return {
        "train_loss": np.stack([start.surface.loss(theta, start.x, start.y) for theta, _ in epochs], axis=1),
        "detour": _detour(start.theta, epochs),
        "distance_of_ends": np.sqrt(((ends[0] - ends[1]) ** 2).mean(axis=(1, 2)))[:, None],
    }


def _batches(training: "Training", replicates: Sequence[int], examples: int) -> np.ndarray:
    """Whole batches of each epoch, (epochs, replicates, steps, batch); what is left over waits for the next epoch."""
    from generator.training.orders import drawn_orders

    drawn = drawn_orders(training.order, tuple(replicates), examples, training.epochs)
    steps, size = examples // training.batch_size, training.batch_size
    return drawn[:, :, : steps * size].reshape(training.epochs, len(replicates), steps, size)


def _epochs(
    start: "Start", theta: np.ndarray, order: np.ndarray, rate: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The weights at each epoch's end, and the length of the way there."""
    from generator.training.descent import walk

    for batches in order:
        theta, length = walk(start.surface, theta, start.x, start.y, batches, rate)
        yield theta, length


def _detour(begin: np.ndarray, epochs: Sequence[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    covered = np.stack([np.linalg.norm(theta - begin, axis=1) for theta, _ in epochs], axis=1)
    return np.asarray(np.cumsum([length for _, length in epochs], axis=0).T / covered)
