"""How many examples are computed at once, and that evaluating in other portions says the same."""

import functools

import keras
import numpy as np
import pytest

from generator.training import replicates, trainer
from generator.training.datasets import planted_teacher
from generator.training.portions import examples_at_once
from generator.training.trainer import Training, train

pytestmark = pytest.mark.tensorflow


def network(features: int, *widths: int) -> keras.Model:
    return keras.Sequential([keras.layers.Input((features,)), *[keras.layers.Dense(width) for width in widths]])


@pytest.mark.parametrize(
    ("features", "widths", "examples"),
    [
        (10, (64, 1), 256),
        (64, (64, 64, 10), 256),  # 2^20 products of 64 x 64
        (64, (65, 1), 252),  # 4160 weights: 1 048 576 / 4160 is 252.06
        (30, (256, 1), 136),  # 7680 weights: 136.5
        (784, (512, 10), 64),
    ],
)
def test_the_largest_kernel_limits_the_examples(features: int, widths: tuple[int, ...], examples: int) -> None:
    assert examples_at_once(network(features, *widths)) == examples


def test_layers_without_a_kernel_do_not() -> None:
    words = keras.Sequential([keras.layers.Input((4,), dtype="int32"), keras.layers.Embedding(100_000, 64)])
    assert examples_at_once(words) == 256


@pytest.mark.parametrize("size", [7, 50, 64])
def test_evaluating_in_portions_says_the_same(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Portions that divide 45 training, 15 validation and 20 test examples, and that do not."""
    training = Training(
        model=lambda: network(10, 5, 1),
        data=functools.partial(planted_teacher, train=60, test=20),
        optimizer=keras.optimizers.SGD(0.1),
        loss="mean_squared_error",
        validation_share=0.25,
        epochs=2,
        chunk=3,
        dtype="float64",
    )
    at_once = train(training, range(3)).curves
    monkeypatch.setattr(replicates, "examples_at_once", lambda model: size)
    monkeypatch.setattr(trainer, "_programs", {})
    in_portions = train(training, range(3)).curves
    assert at_once.keys() == in_portions.keys()
    for name, curve in at_once.items():
        np.testing.assert_allclose(in_portions[name], curve, rtol=1e-12, err_msg=name)
