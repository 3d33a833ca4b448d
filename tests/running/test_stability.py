"""The stable rate, against the eigenvalues of the whole Hessian of the Keras model."""

import numpy as np
import pytest
import tensorflow as tf

from generator.running.conditions import training_of
from generator.running.stability import stable_rate
from generator.spec import Condition, call, plain
from generator.training.weights import initial_weights

pytestmark = pytest.mark.tensorflow

CONDITION = plain(
    Condition(
        model=call("generator.training.models:dense_network", features=3, hidden=4),
        optimizer=call("keras.optimizers:SGD", learning_rate=1.0),
        data=call("generator.training.datasets:random_labels", train=20, test=10, features=3),
    )
)


def test_it_is_two_over_the_largest_eigenvalue() -> None:
    found = stable_rate({"condition": CONDITION}, (4, 5))["stable_rate"]
    assert found.shape == (2, 1)
    for row, replicate in enumerate((4, 5)):
        assert found[row, 0] == pytest.approx(2 / np.linalg.eigvalsh(hessian(replicate)).max(), rel=1e-4)


def hessian(replicate: int) -> np.ndarray:
    """Second derivatives of the mean loss of Keras over the training examples, variable by variable."""
    training = training_of(CONDITION)
    model, examples = training.model(), training.data([replicate])
    for variable, value in zip(model.variables, initial_weights(training.model, model, replicate), strict=True):
        variable.assign(value)
    x, y = (values[examples.train[0]] for values in (examples.x, examples.y))
    weights = [variable.value for variable in model.trainable_variables]
    with tf.GradientTape(persistent=True) as outer:
        with tf.GradientTape() as inner:
            loss = tf.reduce_mean(tf.keras.losses.binary_crossentropy(y, model(x)))
        flat = tf.concat([tf.reshape(g, -1) for g in inner.gradient(loss, weights)], axis=0)
    rows = outer.jacobian(flat, weights, experimental_use_pfor=False)
    return np.concatenate([r.numpy().reshape(flat.shape[0], -1) for r in rows], axis=1)
