"""Initial weights are what Keras' initialisers draw, from the replicate's own streams."""

import random
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from scipy import stats

from generator.training.models import dense_network
from generator.training.streams import Stream, layer_seed
from generator.training.weights import initial_weights, stacked_initial_weights

pytestmark = pytest.mark.tensorflow

layers, initializers = keras.layers, keras.initializers


def mixed() -> keras.Model:
    """Every kind of initialiser: random with and without a seed of its own, constant, of a nested model."""
    inner = keras.Sequential([layers.Input((6,)), layers.Dense(4, kernel_initializer=initializers.HeNormal(seed=3))])
    return keras.Sequential(
        [
            layers.Input((10,)),
            layers.Dense(6, bias_initializer=initializers.RandomNormal(stddev=0.5)),
            layers.BatchNormalization(gamma_initializer=initializers.Constant(2.0)),
            inner,
            layers.Dropout(0.5),
            layers.Dense(1, kernel_initializer=initializers.Orthogonal()),
        ]
    )


def recurrent() -> keras.Model:
    return keras.Sequential([layers.Input((4, 3)), layers.LSTM(5), layers.Dense(1)])


class Doubled(keras.layers.Dense):  # type: ignore[misc]  # Keras has no types
    """A dense layer that starts from another kernel than its initialiser draws."""

    def build(self, shape: tuple[int, ...]) -> None:
        super().build(shape)
        self.kernel.assign(2 * self.kernel)


class Ramp(keras.initializers.Initializer):  # type: ignore[misc]  # Keras has no types
    """An initialiser that does not say how it was made."""

    def __init__(self, top: float = 1.0) -> None:
        self.top = top

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Any:
        return keras.ops.reshape(keras.ops.linspace(0.0, self.top, int(np.prod(shape)), dtype=dtype), shape)


def ramped() -> keras.Model:
    return keras.Sequential([layers.Input((2,)), layers.Dense(3, kernel_initializer=Ramp(7.0)), layers.Dense(2)])


def doubled() -> keras.Model:
    return keras.Sequential([layers.Input((2,)), Doubled(3)])


BUILDERS = [dense_network, mixed, recurrent, ramped, doubled]


@pytest.mark.parametrize("build", BUILDERS)
def test_a_replicate_repeats_its_weights_in_another_model_of_the_same_kind(build: Callable[[], keras.Model]) -> None:
    first, again, other = (initial_weights(build, build(), replicate) for replicate in (5, 5, 6))
    assert [value.tobytes() for value in first] == [value.tobytes() for value in again]
    assert [value.tobytes() for value in first] != [value.tobytes() for value in other]
    for variable, value in zip(build().variables, first, strict=True):
        assert (tuple(variable.shape), variable.dtype) == (value.shape, value.dtype)


def test_stacking_puts_replicates_first() -> None:
    model = dense_network()
    stacked = stacked_initial_weights(dense_network, model, (2, 9))
    assert [value.shape for value in stacked] == [(2, *variable.shape) for variable in model.variables]
    for row, replicate in enumerate((2, 9)):
        for values, alone in zip(stacked, initial_weights(dense_network, model, replicate), strict=True):
            np.testing.assert_array_equal(values[row], alone)


def test_simple_layers_are_drawn_by_their_own_initialisers() -> None:
    """Nothing but Keras: each initialiser called with the replicate's seed for that variable."""
    model = mixed()
    kernel, bias, gamma, beta, inner_kernel, inner_bias, last_kernel, last_bias, mean, variance, seeds = (
        dict(zip([v.path.split("/", 1)[1] for v in model.variables], initial_weights(mixed, model, 4), strict=True))[
            path
        ]
        for path in _paths(model)
    )
    position = {path: i for i, path in enumerate(v.path.split("/", 1)[1] for v in model.variables)}

    def seed(i: int) -> int:
        return layer_seed(Stream.INIT, 4, position[_paths(model)[i]])

    drawn = [
        (kernel, initializers.GlorotUniform(seed(0))((10, 6))),
        (bias, initializers.RandomNormal(stddev=0.5, seed=seed(1))((6,))),
        (gamma, np.full(6, 2.0)),
        (beta, np.zeros(6)),
        (inner_kernel, initializers.HeNormal(seed(4))((6, 4))),
        (inner_bias, np.zeros(4)),
        (last_kernel, initializers.Orthogonal(seed=seed(6))((4, 1))),
        (last_bias, np.zeros(1)),
        (mean, np.zeros(6)),
        (variance, np.ones(6)),
        (seeds, [layer_seed(Stream.DROPOUT, 4, position[_paths(model)[10]]), 0]),
    ]
    for value, expected in drawn:
        np.testing.assert_array_equal(value, np.asarray(expected))


def _paths(model: keras.Model) -> list[str]:
    """Paths of trained variables, then moving statistics, then seeds."""
    paths = [v.path.split("/", 1)[1] for v in model.variables]
    kinds = [("moving" in path) + 2 * ("seed" in path) for path in paths]
    return [path for _, _, path in sorted(zip(kinds, range(len(paths)), paths, strict=True))]


def test_kernels_have_the_distribution_of_glorot_and_bengio() -> None:
    """Glorot and Bengio (2010, eq. 16): uniform within sqrt(6 / (inputs + outputs)), independent between layers."""
    kernel, bias, last, _ = stacked_initial_weights(dense_network, dense_network(), range(50))
    for values, limit in ((kernel, np.sqrt(6 / 74)), (last, np.sqrt(6 / 65))):
        assert np.abs(values).max() <= limit
        assert stats.kstest(values.ravel(), stats.uniform(-limit, 2 * limit).cdf).pvalue > 1e-3
    assert not bias.any()
    assert abs(np.corrcoef(kernel[:, 0].ravel(), last[:, :, 0].ravel())[0, 1]) < 4 / np.sqrt(3200)


@pytest.mark.parametrize("build", [recurrent, ramped, doubled])
def test_other_layers_are_built_again_from_a_seed(build: Callable[[], keras.Model]) -> None:
    built: list[keras.Model] = []

    def counting() -> keras.Model:
        built.append(build())
        return built[-1]

    values = initial_weights(counting, build(), 3)
    assert len(built) == 1
    keras.utils.set_random_seed(layer_seed(Stream.INIT, 3, 0))
    for variable, value in zip(build().variables, values, strict=True):
        if variable.name != "seed_generator_state":
            np.testing.assert_array_equal(value, variable.numpy())


def test_simple_models_are_not_built_again() -> None:
    def never() -> keras.Model:
        raise AssertionError("built again")

    initial_weights(never, mixed(), 3)


def test_what_others_draw_is_not_disturbed() -> None:
    model = recurrent()
    before = random.getstate(), repr(np.random.get_state())
    initial_weights(recurrent, model, 0)
    assert (random.getstate(), repr(np.random.get_state())) == before
