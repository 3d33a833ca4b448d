"""What the trainer refuses by name, and that what it accepts acts on each number alone."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from generator.errors import GeneratorError
from generator.training.models import dense_network
from generator.training.supported import ELEMENTWISE, copy_of, require_supported

pytestmark = pytest.mark.tensorflow

layers, optimizers = keras.layers, keras.optimizers


def final(optimizer: keras.Optimizer, start: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    variable = keras.Variable(start)
    optimizer.build([variable])
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [variable])
    return np.asarray(variable.numpy())


def stacked_and_alone(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Three replicates of a 4 x 2 kernel, moved together and each alone by the same gradients of unlike sizes."""
    rng = np.random.default_rng(3)
    start = rng.standard_normal((3, 4, 2)).astype(np.float32)
    gradients = (rng.standard_normal((6, 3, 4, 2)) * np.array([1, 10, 0.1])[:, None, None]).astype(np.float32)
    make = getattr(optimizers, name)
    together = final(make(0.01), start, gradients)
    alone = np.stack([final(make(0.01), start[r], gradients[:, r]) for r in range(3)])
    return together, alone


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_accepted_optimizers_act_on_each_number_alone(name: str) -> None:
    require_supported(dense_network(), getattr(optimizers, name)(0.01))
    together, alone = stacked_and_alone(name)
    np.testing.assert_allclose(together, alone, rtol=1e-6)


@pytest.mark.parametrize("name", ["Adafactor", "Lamb", "Muon"])
def test_optimizers_that_would_mix_replicates_are_refused_by_name(name: str) -> None:
    together, alone = stacked_and_alone(name)
    assert not np.allclose(together, alone, rtol=1e-3)
    with pytest.raises(
        GeneratorError, match=f"^expected an optimiser that acts on each weight alone .*, found {name}$"
    ):
        require_supported(dense_network(), getattr(optimizers, name)(0.01))


class Adam(keras.optimizers.Adam):  # type: ignore[misc]  # Keras has no types
    """An optimiser that only calls itself Adam."""


def excluding() -> keras.Optimizer:
    optimizer = optimizers.AdamW(0.01)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    return optimizer


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Adam(0.1), "acts on each weight alone .*, found Adam"),
        (lambda: optimizers.SGD(lambda: 0.1), "a number or a Keras schedule as learning rate, found a function .SGD."),
        (lambda: optimizers.SGD(0.1, loss_scale_factor=8.0), "no loss scaling, found a factor of 8.0 .SGD."),
        (
            lambda: optimizers.SGD(0.1, clipnorm=1.0, gradient_accumulation_steps=2),
            "gradient accumulation or clipping, found both .SGD.",
        ),
        (excluding, "weight decay on every variable, found some excluded from it .AdamW."),
    ],
    ids=["subclass", "function", "loss scale", "accumulation", "exclusion"],
)
def test_other_optimizers_are_refused(make: Callable[[], keras.Optimizer], message: str) -> None:
    with pytest.raises(GeneratorError, match=f"^expected .*{message}$"):
        require_supported(dense_network(), make())
    with pytest.raises(GeneratorError, match=message):
        copy_of(make())


class Halving(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]  # Keras has no types
    """A schedule that Keras could not make again from its configuration."""

    def __call__(self, step: Any) -> Any:
        return 0.5**step

    def get_config(self) -> dict[str, Any]:
        return {}


def test_a_copy_keeps_settings_and_a_schedule_of_ones_own() -> None:
    optimizer = optimizers.Adam(Halving(), beta_1=0.7, clipnorm=2.0)
    copy = copy_of(optimizer, clipnorm=None)
    assert (copy.beta_1, copy.clipnorm) == (0.7, None)
    assert copy._learning_rate is optimizer._learning_rate
    assert copy_of(optimizers.SGD(0.25, momentum=0.5)).get_config()["momentum"] == 0.5


def two_outputs() -> keras.Model:
    inputs = keras.Input((10,))
    return keras.Model(inputs, [layers.Dense(1)(inputs), layers.Dense(1)(inputs)])


def two_inputs() -> keras.Model:
    inputs = [keras.Input((10,)), keras.Input((10,))]
    return keras.Model(inputs, layers.Dense(1)(layers.concatenate(inputs)))


class Stepping(keras.Model):  # type: ignore[misc]  # Keras has no types
    """Trains in a way of its own."""

    def train_step(self, data: Any) -> Any:
        return super().train_step(data)


def stepping() -> keras.Model:
    inputs = keras.Input((10,))
    return Stepping(inputs, layers.Dense(1)(inputs))


class Calling(keras.Model):  # type: ignore[misc]  # Keras has no types
    """Does not pass on whether it is training."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = layers.Dense(1)

    def call(self, inputs: Any) -> Any:
        return self.dense(inputs)


def calling() -> keras.Model:
    model = Calling()
    model(np.zeros((1, 10), np.float32))
    return model


def dense(**options: Any) -> Callable[[], keras.Model]:
    return lambda: keras.Sequential([layers.Input((10,)), layers.Dense(1, name="only", **options)])


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: keras.Sequential([layers.Dense(1)]), "a model with trainable variables, found none .*"),
        (two_outputs, "a model with one input and one output, found 2 outputs"),
        (two_inputs, "a model with one input and one output, found 2 inputs"),
        (stepping, "a model that trains as Keras does, found one with its own train_step"),
        (calling, "a model whose call takes the argument 'training', found one that does not"),
        (dense(kernel_constraint="max_norm"), "weights without constraints, found one on '.*only/kernel'"),
        (dense(activity_regularizer="l2"), "penalties on weights only, found one on the outputs of 'only'"),
    ],
    ids=["unbuilt", "outputs", "inputs", "train_step", "call", "constraint", "activity"],
)
def test_models_that_would_not_train_as_in_keras_are_refused(build: Callable[[], keras.Model], message: str) -> None:
    with pytest.raises(GeneratorError, match=f"^expected {message}$"):
        require_supported(build(), optimizers.SGD(0.1))
