"""Curvature of a loss: extreme eigenvalues of its Hessian from products alone, and what a step size bears.

Eigenvalues are algebraic: the largest is the most positive one, however negative others are.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

#: Multiplies a vector for each replicate, (replicates, parameters), by that replicate's matrix.
Product = Callable[[np.ndarray], np.ndarray]

#: Below this part of the largest entry of the tridiagonal matrix, a new direction is rounding.
_EXHAUSTED = 1e-6


class Extremes(NamedTuple):
    """The lowest and highest eigenvalue (replicates,), and the highest one's unit vector (replicates, parameters)."""

    lowest: np.ndarray
    highest: np.ndarray
    top: np.ndarray


def extreme_eigenvalues(product: Product, start: np.ndarray, steps: int) -> Extremes:
    """Both ends of the spectrum of symmetric matrices, one a replicate, by `steps` products (Lanczos 1950).

    `start` (replicates, parameters) must not be orthogonal to what is sought: random, or an earlier `top`.
    """
    diagonal, beside, basis = _tridiagonal(product, start, min(steps, start.shape[1]))
    count = diagonal.shape[1]
    matrices = np.zeros((len(start), count, count))
    places = np.arange(count)
    matrices[:, places, places] = diagonal
    matrices[:, places[:-1], places[1:]] = matrices[:, places[1:], places[:-1]] = beside
    values, vectors = np.linalg.eigh(matrices)
    top = np.einsum("rk,rkp->rp", vectors[..., -1], basis)
    # Where the first direction was the only one, what comes out may be one of those that do not exist.
    exists = np.any(top != 0, axis=1, keepdims=True)
    return Extremes(lowest=values[:, 0], highest=values[:, -1], top=_unit(np.where(exists, top, basis[:, 0])))


def _tridiagonal(product: Product, start: np.ndarray, steps: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Diagonal (replicates, steps), what is beside it (replicates, steps - 1), and the basis.

    Each new direction is made orthogonal to all before, twice (Parlett 1980, section 13.7). Where no direction is left
    the first diagonal entry, which lies inside the spectrum, is repeated.
    """
    basis = np.zeros((len(start), steps, start.shape[1]))
    diagonal, beside = np.zeros((len(start), steps)), np.zeros((len(start), steps - 1))
    basis[:, 0] = _unit(start)
    largest = np.zeros(len(start))
    for k in range(steps):
        image = product(basis[:, k]).astype(np.float64)
        exists = np.any(basis[:, k] != 0, axis=1)
        diagonal[:, k] = np.where(exists, np.einsum("rp,rp->r", image, basis[:, k]), diagonal[:, 0])
        if k + 1 < steps:
            rest = _orthogonal(_orthogonal(image, basis[:, : k + 1]), basis[:, : k + 1])
            size = np.sqrt(np.einsum("rp,rp->r", rest, rest))
            largest = np.maximum(largest, np.maximum(size, np.abs(diagonal[:, k])))
            goes_on = exists & (size > _EXHAUSTED * largest)
            beside[:, k] = np.where(goes_on, size, 0.0)
            basis[:, k + 1] = np.where(goes_on[:, None], rest / np.where(size > 0, size, 1.0)[:, None], 0.0)
    return diagonal, beside, basis


def _orthogonal(vectors: np.ndarray, basis: np.ndarray) -> np.ndarray:
    return np.asarray(vectors - np.einsum("rk,rkp->rp", np.einsum("rkp,rp->rk", basis, vectors), basis))


def _unit(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True))


def preconditioned(product: Product, scale: np.ndarray) -> Product:
    """The product of P^-1/2 H P^-1/2, which has the eigenvalues of P^-1 H; P is diagonal, with the entries `scale`."""
    root = np.sqrt(scale)
    return lambda vectors: product(vectors / root) / root


def adam_preconditioner(second_moment: np.ndarray, step: int, *, beta_2: float, epsilon: float) -> np.ndarray:
    """What Keras' Adam divides a step by after `step` steps: its epsilon joins before the bias is corrected."""
    return np.asarray((np.sqrt(second_moment) + epsilon) / np.sqrt(1 - beta_2**step))


def descent_threshold(rate: float) -> float:
    """The curvature above which gradient descent at this learning rate moves away: 2 / rate."""
    return 2 / rate


def adam_threshold(rate: float, beta_1: float = 0.9) -> float:
    """The same for Adam's preconditioned curvature: (2 + 2 b1) / ((1 - b1) rate) (Cohen et al. 2022)."""
    return (2 + 2 * beta_1) / ((1 - beta_1) * rate)
