"""Models share a program exactly where they differ in nothing but names and run-time values."""

from collections.abc import Callable
from typing import Any

import keras
import pytest

from generator.training.signature import signature

pytestmark = pytest.mark.tensorflow

layers, optimizers, regularizers = keras.layers, keras.optimizers, keras.regularizers


def build() -> keras.Model:
    return sequential()


def sequential(
    *, activation: Any = "relu", name: str | None = None, penalty: Any = None, units: int = 3
) -> keras.Model:
    return keras.Sequential(
        [
            layers.Input((4,)),
            layers.Dense(units, kernel_regularizer=penalty),
            layers.Activation(activation, name=name),
            layers.Dense(1),
        ]
    )


def functional(*, through: int = 0, dtype: str | None = None) -> keras.Model:
    """Two layers side by side, and a third on one of them."""
    inputs = keras.Input((4,))
    sides = [layers.Dense(4, dtype=dtype)(inputs), layers.Dense(4, dtype=dtype)(inputs)]
    third = layers.Dense(4, dtype=dtype)(sides[through])
    return keras.Model(inputs, layers.Add(dtype=dtype)([third, sides[1 - through], sides[1]]))


def key(
    model: keras.Model,
    optimizer: keras.Optimizer | None = None,
    *,
    made_by: Callable[[], keras.Model] = build,
    probes: tuple[str, ...] = (),
) -> object:
    return signature(made_by, model, optimizer or optimizers.SGD(0.1), "mse", 4, probes)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (lambda: key(sequential()), lambda: key(sequential())),
        (lambda: key(sequential(name="relu")), lambda: key(sequential())),
        (lambda: key(sequential(), made_by=build), lambda: key(sequential(), made_by=lambda: build())),
        (lambda: key(functional(through=0)), lambda: key(functional(through=0))),
        (
            lambda: key(sequential(penalty=regularizers.L2(0.1))),
            lambda: key(sequential(penalty=regularizers.L2(0.3))),
        ),
        (
            lambda: key(sequential(penalty=regularizers.L1L2(0.1, 0.2))),
            lambda: key(sequential(penalty=regularizers.L1L2(0.3, 0.0))),
        ),
        (lambda: key(sequential(), optimizers.Adam(0.1)), lambda: key(sequential(), optimizers.Adam(0.2))),
        (
            lambda: key(sequential(), optimizers.AdamW(0.1, weight_decay=0.1)),
            lambda: key(sequential(), optimizers.AdamW(0.1, weight_decay=0.2)),
        ),
    ],
    ids=["names", "own name", "builders", "graph", "strength", "strengths", "learning rate", "decay"],
)
def test_shared(one: Callable[[], object], other: Callable[[], object]) -> None:
    assert one() == other()


def doubling() -> Callable[[Any], Any]:
    def activation(x: Any) -> Any:
        return 2 * x

    return activation


def tripling() -> Callable[[Any], Any]:
    def activation(x: Any) -> Any:
        return 3 * x

    return activation


def decay(rate: float) -> keras.Optimizer:
    return optimizers.SGD(optimizers.schedules.ExponentialDecay(0.1, 10, rate))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # A layer is often named after its activation.
        (
            lambda: key(sequential(activation="relu", name="relu")),
            lambda: key(sequential(activation="tanh", name="tanh")),
        ),
        (
            lambda: key(sequential(activation=doubling()), made_by=lambda: build()),
            lambda: key(sequential(activation=tripling()), made_by=lambda: build()),
        ),
        (lambda: key(sequential(units=3)), lambda: key(sequential(units=4))),
        (lambda: key(sequential()), lambda: key(sequential(penalty=regularizers.L2(0.0)))),
        (lambda: key(sequential(penalty="l1")), lambda: key(sequential(penalty="l2"))),
        (lambda: key(functional(dtype="float16")), lambda: key(functional(dtype="mixed_float16"))),
        (lambda: key(functional(through=0)), lambda: key(functional(through=1))),
        (lambda: key(sequential(), optimizers.SGD(0.1)), lambda: key(sequential(), optimizers.Adam(0.1))),
        (lambda: key(sequential(), optimizers.SGD(0.1)), lambda: key(sequential(), optimizers.SGD(0.1, momentum=0.5))),
        (lambda: key(sequential(), decay(0.5)), lambda: key(sequential(), decay(0.6))),
        (lambda: key(sequential()), lambda: key(sequential(), probes=("dead_units",))),
    ],
    ids=[
        "named after activation",
        "functions of one name",
        "units",
        "penalty",
        "kind of penalty",
        "dtype",
        "graph",
        "optimiser",
        "momentum",
        "schedule",
        "probes",
    ],
)
def test_not_shared(one: Callable[[], object], other: Callable[[], object]) -> None:
    assert one() != other()


def test_parts_of_ones_own_share_with_the_same_builder() -> None:
    assert key(sequential(activation=doubling())) == key(sequential(activation=doubling()))


class Scaling(keras.layers.Layer):  # type: ignore[misc]  # Keras has no types
    """A layer that does not say how it was made."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        super().__init__()
        self.function = function

    def call(self, inputs: Any) -> Any:
        return self.function(inputs)

    def get_config(self) -> dict[str, Any]:
        raise NotImplementedError


def test_a_model_without_configuration_shares_with_the_same_builder_alone() -> None:
    def scaled() -> keras.Model:
        return keras.Sequential([layers.Input((4,)), Scaling(abs), layers.Dense(1)])

    assert key(scaled(), made_by=scaled) == key(scaled(), made_by=scaled)
    assert key(scaled(), made_by=scaled) != key(scaled(), made_by=build)
