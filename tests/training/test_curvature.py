"""Extreme eigenvalues against full decompositions, and the thresholds against Keras' own optimisers (G9)."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from generator.training.curvature import (
    Product,
    adam_preconditioner,
    adam_threshold,
    descent_threshold,
    extreme_eigenvalues,
    preconditioned,
)

RNG = np.random.default_rng(8)


def symmetric(eigenvalues: np.ndarray) -> np.ndarray:
    """A matrix with these eigenvalues in random directions."""
    basis = np.linalg.qr(RNG.normal(size=(len(eigenvalues), len(eigenvalues))))[0]
    return np.asarray(basis @ np.diag(eigenvalues) @ basis.T)


def product_of(matrices: np.ndarray) -> Product:
    return lambda vectors: np.einsum("rij,rj->ri", matrices, vectors)


def test_both_ends_of_the_spectrum_are_algebraic() -> None:
    """The second matrix's largest eigenvalue by size is negative, which power iteration would return."""
    spectra = np.array([np.linspace(-1, 5, 60), [*np.linspace(-2, 1, 59), -9.0], np.linspace(3, 4, 60)])
    matrices = np.stack([symmetric(values) for values in spectra])
    found = extreme_eigenvalues(product_of(matrices), RNG.normal(size=(3, 60)), 60)
    assert found.highest == pytest.approx(spectra.max(axis=1), rel=1e-9)
    assert found.lowest == pytest.approx(spectra.min(axis=1), rel=1e-9)
    for matrix, top, value in zip(matrices, found.top, found.highest, strict=True):
        assert matrix @ top == pytest.approx(value * top, abs=1e-6)
        assert top @ top == pytest.approx(1)


def test_few_products_are_enough_for_a_separate_top() -> None:
    matrices = symmetric(np.array([*np.linspace(0, 1, 299), 3.0]))[None]
    found = extreme_eigenvalues(product_of(matrices), RNG.normal(size=(1, 300)), 15)
    assert found.highest[0] == pytest.approx(3, rel=1e-6)


def test_directions_may_run_out() -> None:
    """A multiple of the identity has one direction only, and adds no eigenvalue 0."""
    matrices = np.stack([2 * np.eye(5), symmetric(np.array([1.0, 1.0, 2.0, 2.0, 2.0]))])
    found = extreme_eigenvalues(product_of(matrices), RNG.normal(size=(2, 5)), 5)
    assert found.highest == pytest.approx([2, 2])
    assert found.lowest == pytest.approx([2, 1])


@pytest.mark.tensorflow
def test_the_largest_eigenvalue_of_a_network() -> None:
    """Against the whole Hessian, which Keras' gradients give column by column."""
    from generator.training.models import dense_network
    from generator.training.surface import Surface

    surface = Surface(dense_network(features=4, hidden=5, activation="tanh", classes=3), "categorical_crossentropy")
    theta = RNG.normal(size=(2, surface.parameters)).astype(np.float32)
    x = RNG.normal(size=(2, 20, 4)).astype(np.float32)
    y = np.eye(3, dtype=np.float32)[RNG.integers(0, 3, (2, 20))]
    found = extreme_eigenvalues(
        lambda v: surface.hessian_product(theta, v.astype(np.float32), x, y), RNG.normal(size=theta.shape), 40
    )
    for replicate, values in enumerate(zip(theta, x, y, strict=True)):
        eigenvalues = np.linalg.eigvalsh(hessian_by_differences(surface, *values))
        assert found.highest[replicate] == pytest.approx(eigenvalues[-1], rel=2e-3)
        assert found.lowest[replicate] == pytest.approx(eigenvalues[0], abs=2e-3 * float(eigenvalues[-1]))


def hessian_by_differences(surface: Any, theta: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Central differences of the gradient, a column for each weight, all at once."""
    steps = np.float32(1e-2) * np.eye(len(theta), dtype=np.float32)
    alike = [np.repeat(values[None], len(theta), axis=0) for values in (x, y)]
    columns = (surface.gradient(theta + steps, *alike) - surface.gradient(theta - steps, *alike)) / 2e-2
    return np.asarray(columns + columns.T) / 2


def test_preconditioning_divides_by_the_scale() -> None:
    matrix, scale = symmetric(np.linspace(-1, 2, 6)), RNG.uniform(0.5, 3, 6)
    product = preconditioned(product_of(matrix[None]), scale[None])
    found = extreme_eigenvalues(product, RNG.normal(size=(1, 6)), 6)
    expected = np.linalg.eigvals(np.diag(1 / scale) @ matrix).real
    assert [found.lowest[0], found.highest[0]] == pytest.approx([expected.min(), expected.max()])


def test_thresholds() -> None:
    assert descent_threshold(0.1) == pytest.approx(20)
    assert adam_threshold(0.01) == pytest.approx(3800)


def run_quadratic(optimizer: Mapping[str, object], curvature: float, steps: int, start: float) -> np.ndarray:
    from generator.training.quadratic import noisy_quadratic

    problem = {"optimizer": optimizer, "curvature": curvature, "noise_sd": 0.0, "steps": steps, "start": start}
    return np.asarray(noisy_quadratic(problem, [0])["weight"][0])


@pytest.mark.tensorflow
@pytest.mark.parametrize(("share", "grows"), [(0.98, False), (1.02, True)])
def test_g9_adam_bears_38_over_its_rate(share: float, grows: bool) -> None:
    """With an epsilon far above the gradients, Keras' Adam divides by it: its preconditioner is frozen at 1."""
    adam = {"class_name": "Adam", "config": {"learning_rate": 0.01, "beta_2": 0.5, "epsilon": 1.0}}
    weight = np.abs(run_quadratic(adam, share * adam_threshold(0.01), 80, start=1e-25))
    assert bool(weight[60:].max() > weight[30:50].max()) is grows


@pytest.mark.tensorflow
def test_adam_is_preconditioned_by_what_keras_divides_by() -> None:
    """One step of Keras' Adam at beta_1 = 0 moves by rate times gradient over the preconditioner."""
    adam = {"class_name": "Adam", "config": {"learning_rate": 0.01, "beta_1": 0.0, "beta_2": 0.9, "epsilon": 1e-4}}
    start, curvature = 1e-6, 50.0
    after = run_quadratic(adam, curvature, 1, start)[0]
    gradient = curvature * start
    scale = adam_preconditioner(np.array([0.1 * gradient**2]), 1, beta_2=0.9, epsilon=1e-4)
    assert start - after == pytest.approx(0.01 * gradient / scale[0], rel=1e-4)
