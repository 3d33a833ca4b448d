"""Data sets: the article's random labels, a planted teacher, and real digits, drawn for each replicate."""

import functools
import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
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
    y : array, shape (pool, 1) for a binary or real target, (pool, classes) one-hot, (pool,) for integer classes
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
        if self.test.ndim != 2 or len(self.test) != len(self.train):
            raise GeneratorError(
                f"expected test indices of {len(self.train)} replicates, found shape {self.test.shape}"
            )
        for index in (self.train, self.test):
            # Compiled by XLA, a gather takes the nearest example for an index outside the pool.
            if index.size and not 0 <= index.min() <= index.max() < len(self.x):
                raise GeneratorError(
                    f"expected indices from 0 to {len(self.x) - 1}, found {index.min()} to {index.max()}"
                )


#: Inputs and targets of some examples.
_Part = tuple[np.ndarray, np.ndarray]


class DataSource(Protocol):
    """Draws the examples of some replicates; the same replicate always gets the same ones."""

    def __call__(self, replicates: Sequence[int]) -> Examples:
        """Draw them."""
        ...


def arrays(x: np.ndarray, y: np.ndarray, *, test: int = 0) -> DataSource:
    """Your own arrays, the same for every replicate; the last `test` examples are kept for testing."""

    if not 0 <= test < len(x):
        raise GeneratorError(f"expected fewer than {len(x)} test examples, found {test}")

    def draw(replicates: Sequence[int]) -> Examples:
        index = np.tile(np.arange(len(x), dtype=np.int32), (len(replicates), 1))
        return Examples(x=x, y=y, train=index[:, : len(x) - test], test=index[:, len(x) - test :])

    return draw


def random_labels(replicates: Sequence[int], *, train: int = 1000, test: int = 1000, features: int = 10) -> Examples:
    """The article's data: uniform inputs, labels from a fair coin; nothing to learn (Bayes loss ln 2)."""

    def draw(rng: np.random.Generator) -> list[_Part]:
        return [(rng.random((count, features)), rng.integers(0, 2, count)) for count in (train, test)]

    return _own_pools(replicates, draw)


def planted_teacher(
    replicates: Sequence[int], *, train: int = 1000, test: int = 1000, features: int = 10, steepness: float = 6.0
) -> Examples:
    """The article's inputs with labels that can be learned: P(y = 1 | x) is a logistic function of a random direction.

    The logit has mean 0, so that classes balance, and standard deviation `steepness` / 2. Labels are drawn from the
    probability, so the Bayes error is above 0 and the Bayes loss is known.
    """

    def draw(rng: np.random.Generator) -> list[_Part]:
        direction = rng.standard_normal(features)
        slope = steepness / 2 * np.sqrt(12) * direction / np.sqrt((direction**2).sum())
        return [_taught(rng, slope, count) for count in (train, test)]

    return _own_pools(replicates, draw)


def linear_teacher(
    replicates: Sequence[int],
    *,
    strengths: Sequence[float],
    train: int = 256,
    test: int = 0,
    features: int = 6,
    noise_sd: float = 0.0,
) -> Examples:
    """Standard normal inputs and as many targets, a random linear function of them with these singular values.

    A network of linear layers learns one strength after the other (Saxe et al. 2014). Normal noise of standard
    deviation `noise_sd` joins every target.
    """

    def draw(rng: np.random.Generator) -> list[_Part]:
        left, right = (_orthonormal(rng, features)[:, : len(strengths)] for _ in range(2))
        matrix = np.einsum("fk,k,tk->ft", right, np.asarray(strengths), left)
        inputs = [rng.standard_normal((count, features)) for count in (train, test)]
        return [(x, np.einsum("nf,ft->nt", x, matrix) + noise_sd * rng.standard_normal(x.shape)) for x in inputs]

    return _own_pools(replicates, draw)


def digits(replicates: Sequence[int], *, train: int = 1000, test: int = 797) -> Examples:
    """Scikit-learn's 1797 handwritten digits (8 x 8 pixels, scaled to [0, 1]), split at random for each replicate.

    Targets are one-hot.
    """
    x, y = _scikit_learn_digits()
    if train < 1 or test < 0 or train + test > len(x):
        raise GeneratorError(f"expected at most {len(x)} digits to train and test on, found {train} and {test}")
    index = np.stack([generator(Stream.SPLIT, r).permutation(len(x)) for r in replicates]).astype(np.int32)
    return Examples(
        x=(x / 16).astype(np.float32),
        y=np.eye(10, dtype=np.float32)[y],
        train=index[:, :train],
        test=index[:, train : train + test],
    )


@functools.cache
def _scikit_learn_digits() -> _Part:
    """Scikit-learn's digits, read from its file: importing scikit-learn takes longer than training on them."""
    package = importlib.util.find_spec("sklearn")
    if package is None or package.origin is None:
        raise GeneratorError("expected scikit-learn, whose digits these are, found no such package")
    table = np.loadtxt(Path(package.origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=",")
    return table[:, :-1], table[:, -1].astype(np.int64)


def _taught(rng: np.random.Generator, slope: np.ndarray, count: int) -> _Part:
    x = rng.random((count, len(slope)))
    return x, rng.random(count) < 1 / (1 + np.exp(-((x - 0.5) * slope).sum(axis=1)))


def _orthonormal(rng: np.random.Generator, size: int) -> np.ndarray:
    """A random orthonormal matrix."""
    return np.asarray(np.linalg.qr(rng.standard_normal((size, size)))[0])


def _own_pools(replicates: Sequence[int], draw: Callable[[np.random.Generator], list[_Part]]) -> Examples:
    """Draw a pool for each replicate, training examples first, and lay the pools end to end.

    Training examples are drawn before the test examples, so that their number does not change them.
    """
    pools = [draw(generator(Stream.DATA, replicate)) for replicate in replicates]
    train, size = len(pools[0][0][0]), sum(len(x) for x, _ in pools[0])
    index = np.arange(len(pools) * size, dtype=np.int32).reshape(len(pools), size)
    return Examples(
        x=np.concatenate([x for pool in pools for x, _ in pool]).astype(np.float32),
        y=_columns(np.concatenate([y for pool in pools for _, y in pool]).astype(np.float32)),
        train=index[:, :train],
        test=index[:, train:],
    )


def _columns(targets: np.ndarray) -> np.ndarray:
    """Targets with an axis for their columns, of which there may be one."""
    return targets[:, None] if targets.ndim == 1 else targets
