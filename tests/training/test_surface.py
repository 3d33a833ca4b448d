"""Loss, gradient and curvature as functions of one vector, against Keras' own and finite differences."""

from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.tensorflow

RNG = np.random.default_rng(3)
X = RNG.random((2, 7, 3))
Y = RNG.integers(0, 2, (2, 7, 1)).astype(np.float64)


@pytest.fixture(scope="module")
def surface() -> Any:
    """A network with a penalty, in double precision."""
    from generator.training.models import dense_network
    from generator.training.surface import Surface
    from generator.training.trainer import precision

    with precision("float64"):
        return Surface(dense_network(features=3, hidden=4, activation="tanh", l2=0.1), "binary_crossentropy")


@pytest.fixture(scope="module")
def weights(surface: Any) -> list[np.ndarray]:
    """Two replicates of each variable."""
    return [RNG.normal(size=(2, *v.shape)) for v in surface.model.trainable_variables]


@pytest.fixture(params=["at once", "in parts"])
def parts(request: pytest.FixtureRequest, surface: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven examples at once, or three, two and two."""
    if request.param == "in parts":
        monkeypatch.setattr(surface, "_at_once", 3)


def test_vectors_hold_the_weights_end_to_end(surface: Any, weights: list[np.ndarray]) -> None:
    theta = surface.flat(weights)
    assert theta.shape == (2, surface.parameters) == (2, 3 * 4 + 4 + 4 + 1)
    assert theta[1].tolist() == [number for w in weights for number in w[1].ravel().tolist()]


@pytest.mark.usefixtures("parts")
def test_loss_and_output_are_those_of_keras(surface: Any, weights: list[np.ndarray]) -> None:
    theta = surface.flat(weights)
    for replicate in range(2):
        surface.model.set_weights([w[replicate] for w in weights])
        output = surface.model(X[replicate]).numpy()
        cross_entropy = -np.mean(Y[replicate] * np.log(output) + (1 - Y[replicate]) * np.log(1 - output))
        penalty = 0.1 * sum((w[replicate] ** 2).sum() for w in weights if w.ndim == 3)
        # Keras keeps a penalty's strength in single precision.
        assert surface.loss(theta, X, Y)[replicate] == pytest.approx(cross_entropy + penalty, rel=1e-6)
        assert surface.output(theta, X)[replicate] == pytest.approx(output)


@pytest.mark.usefixtures("parts")
def test_gradients_and_products_are_differences(surface: Any, weights: list[np.ndarray]) -> None:
    theta, step = surface.flat(weights), 1e-5
    direction = RNG.normal(size=theta.shape)
    rise = (surface.loss(theta + step * direction, X, Y) - surface.loss(theta - step * direction, X, Y)) / (2 * step)
    assert (surface.gradient(theta, X, Y) * direction).sum(axis=1) == pytest.approx(rise, rel=1e-6)
    after, before = (surface.gradient(theta + s * step * direction, X, Y) for s in (1, -1))
    assert surface.hessian_product(theta, direction, X, Y) == pytest.approx((after - before) / (2 * step), abs=1e-6)


def test_runs_that_differ_in_numbers_share_a_surface() -> None:
    import keras

    from generator.training.datasets import random_labels
    from generator.training.models import dense_network
    from generator.training.surface import surface_of
    from generator.training.trainer import Training

    slow, fast = (
        Training(model=dense_network, data=random_labels, optimizer=keras.optimizers.SGD(rate)) for rate in (0.1, 1.0)
    )
    other = Training(model=dense_network, data=random_labels, optimizer=keras.optimizers.SGD(0.1), loss="mse")
    assert surface_of(slow) is surface_of(fast)
    assert surface_of(slow) is not surface_of(other)
