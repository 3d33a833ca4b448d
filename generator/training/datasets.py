"""Data sets: the article's random labels, a planted teacher, and real digits, drawn for each replicate."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from generator.errors import GeneratorError
from generator.training.streams import Stream, generator


@dataclass(frozen=True, kw_only=True)
class Examples:
    """A pool of examples and which of them each replicate trains and tests on.

    Parameters
    ----------
    x : float32 array, shape (pool, ...)
    y : array, shape (pool, 1) for a binary or real target, (pool,) for integer classes
    train, test : int32 arrays of pool indices, shape (replicates, examples); `test` may have no columns
    """

    x: np.ndarray
    y: np.ndarray
    train: np.ndarray
    test: np.ndarray

    def __post_init__(self) -> None:
        if len(self.x) != len(self.y):
            raise GeneratorError(f"expected as many targets as inputs, found {len(self.y)} for {len(self.x)}")
        if self.train.ndim != 2 or self.train.shape[1] == 0:
            raise GeneratorError(f"expected training indices of shape (replicates, examples), found {self.train.shape}")


class DataSource(Protocol):
    """Draws the examples of some replicates; the same replicate always gets the same ones."""

    def __call__(self, replicates: Sequence[int]) -> Examples:
        """Draw them."""
        ...


def arrays(x: np.ndarray, y: np.ndarray, *, test: int = 0) -> DataSource:
    """Your own arrays, the same for every replicate; the last `test` examples are kept for testing."""

    def draw(replicates: Sequence[int]) -> Examples:
        index = np.tile(np.arange(len(x), dtype=np.int32), (len(replicates), 1))
        return Examples(x=x, y=y, train=index[:, : len(x) - test], test=index[:, len(x) - test :])

    return draw


def random_labels(replicates: Sequence[int], *, train: int = 1000, test: int = 1000, features: int = 10) -> Examples:
    """The article's data: uniform inputs, labels from a fair coin; nothing to learn (Bayes loss ln 2)."""

    def draw(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        x = rng.random((train + test, features))
        return x, rng.integers(0, 2, train + test)

    return _own_pools(replicates, draw, train)


def planted_teacher(
    replicates: Sequence[int], *, train: int = 1000, test: int = 1000, features: int = 10, steepness: float = 6.0
) -> Examples:
    """The article's inputs with labels that can be learned: P(y = 1 | x) is a logistic function of a random direction.

    The direction has unit length and the inputs are centred, so that classes balance; `steepness` is the slope of the
    logit. Labels are drawn from the probability, so the Bayes error is above 0 and the Bayes loss is known.
    """

    def draw(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        x = rng.random((train + test, features))
        direction = rng.standard_normal(features)
        logit = steepness * np.sqrt(12) * (x - 0.5) @ (direction / np.linalg.norm(direction)) / 2
        return x, rng.random(train + test) < 1 / (1 + np.exp(-logit))

    return _own_pools(replicates, draw, train)


def digits(replicates: Sequence[int], *, train: int = 1000) -> Examples:
    """Scikit-learn's 1797 handwritten digits (8 x 8 pixels, scaled to [0, 1]), split at random for each replicate."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    if not 0 < train < len(x):
        raise GeneratorError(f"expected fewer than {len(x)} training digits, found {train}")
    index = np.stack([generator(Stream.SPLIT, replicate).permutation(len(x)) for replicate in replicates]).astype(np.int32)
    return Examples(
        x=(x / 16).astype(np.float32), y=y.astype(np.int32), train=index[:, :train], test=index[:, train:]
    )


def _own_pools(
    replicates: Sequence[int], draw: Callable[[np.random.Generator], tuple[np.ndarray, np.ndarray]], train: int
) -> Examples:
    """Draw a pool for each replicate and lay the pools end to end."""
    pools = [draw(generator(Stream.DATA, replicate)) for replicate in replicates]
    size = len(pools[0][0])
    index = np.arange(len(pools) * size, dtype=np.int32).reshape(len(pools), size)
    return Examples(
        x=np.concatenate([x for x, _ in pools]).astype(np.float32),
        y=np.concatenate([y for _, y in pools]).astype(np.float32)[:, None],
        train=index[:, :train],
        test=index[:, train:],
    )
