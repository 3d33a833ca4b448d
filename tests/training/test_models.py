"""Models: layers and initial weights as asked for."""

import functools

import numpy as np
import pytest

pytestmark = pytest.mark.tensorflow


@pytest.mark.parametrize(("layers", "shapes"), [(0, [(10, 1)]), (1, [(10, 4), (4, 1)]), (2, [(10, 4), (4, 4), (4, 1)])])
def test_a_network_has_as_many_hidden_layers_as_asked_for(layers: int, shapes: list[tuple[int, int]]) -> None:
    from generator.training.models import dense_network

    model = dense_network(hidden=4, layers=layers)
    assert [tuple(layer.kernel.shape) for layer in model.layers] == shapes
    assert [layer.activation.__name__ for layer in model.layers] == ["relu"] * layers + ["sigmoid"]


def test_a_linear_network_is_a_product_of_matrices() -> None:
    from generator.training.models import regression_network

    model = regression_network(features=3, hidden=4, layers=2, outputs=2, spread=0.5, bias=False)
    x = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    first, second, third = (w.numpy() for w in model.trainable_variables)
    assert model(x).numpy() == pytest.approx(x @ first @ second @ third, abs=1e-5)


def test_the_spread_of_initial_weights() -> None:
    """Normal with standard deviation `spread` over the root of the inputs, different for each replicate."""
    from generator.training.models import regression_network
    from generator.training.weights import stacked_initial_weights

    build = functools.partial(regression_network, features=25, hidden=40, layers=1, outputs=1, spread=0.3)
    kernel, bias, *_ = stacked_initial_weights(build, build(), range(20))
    assert kernel.shape == (20, 25, 40)
    assert kernel.std() == pytest.approx(0.3 / 5, rel=0.02)
    assert np.mean(np.abs(kernel) < 0.06) == pytest.approx(0.6827, abs=0.01)
    assert not np.array_equal(kernel[0], kernel[1])
    assert not bias.any()
