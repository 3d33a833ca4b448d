"""Where training stands still for a while: is it a saddle, and does it swing there?"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.running.conditions import training_of

if TYPE_CHECKING:
    from generator.training.checkpoints import Start
    from generator.training.trainer import Training

#: An epoch stands still if the loss falls by less than this part of it, while the end of the run is below half of it.
STILL, YET_TO_COME = 0.01, 0.5

#: Hessian products for both ends of the spectrum.
_PRODUCTS = 40


def saddle(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """Train by plain gradient descent and look at two places: its plateau, and its end.

    The plateau is the epoch with the smallest gradient among those in which the loss is still above half of its first
    value; `still_epochs` counts the epochs that stand still with most of the descent yet to come. One number for each
    place, `plateau_<name>` and `end_<name>`: `gradient_norm`; `negative_curvature`, the lowest eigenvalue of the
    Hessian, its sign turned, over the largest absolute one; `step_curvature`, the learning rate times the highest; and
    of `steps` more steps by batches `swing`, the share of the movement along the top eigenvector that alternates, and
    `swing_anywhere`, the same of the whole movement. One point an epoch: `train_error`, the exact loss, and
    `gradient_norm`.
    """
    from generator.training.checkpoints import start_of, train_with_checkpoints

    training = training_of(parameters["condition"])
    history, path = train_with_checkpoints(training, replicates, range(1, training.epochs + 1))
    start = start_of(training, replicates)
    loss = history["train_loss"]
    norms = np.stack([np.linalg.norm(start.surface.gradient(t, start.x, start.y), axis=1) for t in path], axis=1)
    place = np.argmin(np.where(loss > loss[:, :1] / 2, norms, np.inf), axis=1)
    every = np.arange(len(loss))
    plateau, end = np.stack(path, axis=1)[every, place], path[-1]
    batches = _batches(training, replicates, start.x.shape[1], parameters["steps"])
    found = {"train_error": loss, "gradient_norm": norms, "still_epochs": _still(loss)[:, None]}
    for name, theta, norm in (("plateau", plateau, norms[every, place]), ("end", end, norms[:, -1])):
        values = {"gradient_norm": norm, **_around(training, start, theta, batches)}
        found |= {f"{name}_{key}": value[:, None] for key, value in values.items()}
    return found


def _still(loss: np.ndarray) -> np.ndarray:
    """How many epochs stand still while most of the descent is yet to come, shape (replicates,)."""
    falls = loss[:, :-1] - loss[:, 1:]
    still = (falls < STILL * loss[:, :-1]) & (loss[:, -1:] < YET_TO_COME * loss[:, :-1])
    return np.asarray(still.sum(axis=1).astype(np.float64))


def _batches(training: "Training", replicates: Sequence[int], examples: int, steps: int) -> np.ndarray:
    """Batches for more steps, each epoch's from a new permutation, shape (replicates, steps, batch)."""
    from generator.training.streams import Stream, generator

    size = training.batch_size
    epochs = -(-steps * size // (examples // size * size))

    def drawn(replicate: int) -> np.ndarray:
        rng = generator(Stream.MEASUREMENT, replicate)
        orders = [rng.permutation(examples)[: examples // size * size] for _ in range(epochs)]
        return np.concatenate(orders)[: steps * size].reshape(steps, size)

    return np.stack([drawn(r) for r in replicates]).astype(np.int32)


def _around(training: "Training", start: "Start", theta: np.ndarray, batches: np.ndarray) -> dict[str, np.ndarray]:
    """Curvature at these weights, and how the next steps move, each of shape (replicates,)."""
    from generator.training.curvature import extreme_eigenvalues
    from generator.training.descent import descend

    rate = float(training.make_optimizer().learning_rate.numpy())

    def product(vectors: np.ndarray) -> np.ndarray:
        return start.surface.hessian_product(theta, vectors.astype(theta.dtype), start.x, start.y)

    found = extreme_eigenvalues(product, _random(theta), _PRODUCTS)
    steps = descend(start.surface, theta, start.x, start.y, batches, np.full(len(theta), rate))
    moves = np.diff(np.concatenate([theta[:, None], steps], axis=1).astype(np.float64), axis=1)
    return {
        "negative_curvature": -found.lowest / np.maximum(np.abs(found.lowest), np.abs(found.highest)),
        "step_curvature": rate * found.highest,
        "swing": swing(np.einsum("rsp,rp->rs", moves, found.top)[..., None]),
        "swing_anywhere": swing(moves),
    }


def _random(theta: np.ndarray) -> np.ndarray:
    from generator.training.streams import Stream, generator

    return np.asarray(generator(Stream.MEASUREMENT, 0).standard_normal(theta.shape))


def swing(moves: np.ndarray) -> np.ndarray:
    """The share of movement that alternates, 0 to 1; moves (replicates, steps, dimensions) give (replicates,).

    Of two successive moves the difference alternates and the sum goes on; their squares add up to twice the movement.
    1/2 where moves do not know of each other.
    """
    back = ((moves[:, 1:] - moves[:, :-1]) ** 2).sum(axis=(1, 2))
    forth = ((moves[:, 1:] + moves[:, :-1]) ** 2).sum(axis=(1, 2))
    return np.asarray(back / (back + forth))
