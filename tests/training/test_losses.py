"""Losses and hits of single examples are Keras' own, for every kind of target, and vectorise over replicates."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from generator.training.losses import hits, per_example

pytestmark = pytest.mark.tensorflow

RNG = np.random.default_rng(2)
PROBABILITIES = RNG.dirichlet(np.ones(4), 5).astype(np.float32)
SEQUENCES = RNG.dirichlet(np.ones(4), (5, 3)).astype(np.float32)
SHARES = RNG.random((5, 1)).astype(np.float32)
CLASSES = RNG.integers(0, 4, 5)

#: Loss, targets, outputs.
CASES: dict[str, tuple[str, np.ndarray, np.ndarray]] = {
    "binary": ("binary_crossentropy", RNG.integers(0, 2, (5, 1)), SHARES),
    "binary without an axis": ("binary_crossentropy", RNG.integers(0, 2, 5), SHARES),
    "real": ("mean_squared_error", RNG.random((5, 1)).astype(np.float32), SHARES),
    "classes": ("sparse_categorical_crossentropy", CLASSES, PROBABILITIES),
    "classes with an axis": ("sparse_categorical_crossentropy", CLASSES[:, None], PROBABILITIES),
    "one-hot": ("categorical_crossentropy", np.eye(4, dtype=np.float32)[CLASSES], PROBABILITIES),
    "sequences": ("sparse_categorical_crossentropy", RNG.integers(0, 4, (5, 3)), SEQUENCES),
    "object": ("BinaryCrossentropy", RNG.integers(0, 2, (5, 1)), SHARES),
}


class Fixed(keras.layers.Layer):  # type: ignore[misc]  # Keras has no types
    """Outputs what it is given."""

    def call(self, inputs: object) -> object:
        return inputs


@pytest.mark.parametrize("name", CASES)
def test_examples_are_judged_as_by_evaluate(name: str) -> None:
    loss, target, output = CASES[name]
    model = keras.Sequential([keras.layers.Input(output.shape[1:]), Fixed()])
    model.compile(loss=loss, metrics=["accuracy"], run_eagerly=True)
    judge = per_example(loss)

    def judged(arguments: tuple[tf.Tensor, tf.Tensor]) -> tuple[tf.Tensor, tf.Tensor]:
        return judge(*arguments), hits(*arguments, "float32")

    pair = tf.constant(target), tf.constant(output)
    losses, right = tf.vectorized_map(judged, [tf.stack([v, v]) for v in pair], fallback_to_while_loop=False)
    assert losses.shape == right.shape == (2, 5)
    expected = [model.evaluate(output[[row]], target[[row]], verbose=0) for row in range(5)]
    np.testing.assert_allclose(np.stack([losses[1], right[1]], axis=1), expected, rtol=1e-5)
    assert 0 < np.mean(right) < 1 or name == "real"
