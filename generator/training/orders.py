"""In which order the examples are trained on: a new permutation each epoch, or what else is tried against it."""

import functools
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from generator.training.streams import Stream, generator


def permutations(replicate: int, examples: int, epochs: int) -> np.ndarray:
    """The order of the examples in each epoch, int32 of shape (epochs, examples).

    Drawn here, as the meaning of Keras' own shuffling changed between versions. A longer run starts with the same
    orders, and every batch size cuts the same ones.
    """
    rng = generator(Stream.ORDER, replicate)
    return np.stack([rng.permutation(examples) for _ in range(epochs)]).astype(np.int32)


def shuffled_once(replicate: int, examples: int, epochs: int) -> np.ndarray:
    """The first of the permutations in every epoch."""
    return np.repeat(permutations(replicate, examples, 1), epochs, axis=0)


def as_stored(replicate: int, examples: int, epochs: int) -> np.ndarray:  # noqa: ARG001  # one of the ways to order
    """The examples as they come, in every epoch."""
    return np.repeat(np.arange(examples, dtype=np.int32)[None], epochs, axis=0)


def with_replacement(replicate: int, examples: int, epochs: int) -> np.ndarray:
    """Every place filled with an example drawn from all of them."""
    return generator(Stream.ORDER, replicate).integers(0, examples, (epochs, examples)).astype(np.int32)


#: Ways to order the examples without looking at them. By loss, the first epoch has no loss to go by and is reshuffled.
DRAWN: Mapping[str, Callable[[int, int, int], np.ndarray]] = {
    "reshuffled": permutations,
    "once": shuffled_once,
    "stored": as_stored,
    "replacement": with_replacement,
    "easy-first": permutations,
    "hard-first": permutations,
}


@functools.lru_cache(maxsize=2)
def drawn_orders(order: str, replicates: tuple[int, ...], examples: int, epochs: int) -> np.ndarray:
    """Positions in training order, read-only int32 of shape (epochs, replicates, examples).

    Kept, as the conditions of a comparison share them and follow one another.
    """
    drawn = np.stack([DRAWN[order](r, examples, epochs) for r in replicates], axis=1)
    drawn.flags.writeable = False
    return drawn


def by_loss(order: str, drawn: np.ndarray, loss: np.ndarray | None) -> np.ndarray:
    """Positions (replicates, examples of all passes) for the next epoch, given the examples' losses now, if known."""
    if loss is None or order not in {"easy-first", "hard-first"}:
        return drawn
    ranked = np.argsort(loss if order == "easy-first" else -loss, axis=1, kind="stable").astype(np.int32)
    return np.tile(ranked, drawn.shape[1] // loss.shape[1])


def noise_weights(replicates: Sequence[int], shape: tuple[int, int], examples: int, batch_size: int) -> np.ndarray:
    """Weights (epochs, steps, replicates, examples) that add a small batch's noise to the gradient of whole batches.

    `shape` is (epochs, steps). A weight of 1 + s (z - mean z) with standard normal z adds Gaussian noise of covariance
    s^2 (N - 1) / N^2 S to the mean gradient, where S is the covariance of the examples' gradients; drawing batches of B
    out of N without replacement gives S (1/B - 1/N) (Cochran 1977, eq. 2.9).
    """
    spread = np.float32(np.sqrt(examples / (examples - 1) * (examples - batch_size) / batch_size))
    drawn = np.stack(
        [generator(Stream.NOISE, r).standard_normal((*shape, examples), np.float32) for r in replicates], axis=2
    )
    weights: np.ndarray = 1 + spread * (drawn - drawn.mean(axis=-1, keepdims=True))
    return weights
