"""Twins share every stream but those that they draw anew."""

import dataclasses
import functools

import keras
import numpy as np
import pytest

from generator.training import datasets
from generator.training.models import dense_network
from generator.training.trainer import Training, train
from generator.training.twins import OFFSET, twin_of

pytestmark = pytest.mark.tensorflow

TRAINING = Training(
    model=functools.partial(dense_network, features=3, hidden=4),
    data=functools.partial(datasets.random_labels, train=20, test=10, features=3),
    optimizer=keras.optimizers.SGD(0.1),
    batch_size=8,
    epochs=3,
    chunk=2,
)


def test_only_the_streams_drawn_anew_differ() -> None:
    twin = twin_of(TRAINING, ("init",))
    assert [twin.stream(name, [3, 4]) for name in ("data", "order")] == [[3, 4]] * 2
    assert twin.stream("init", [3, 4]) == [OFFSET + 3, OFFSET + 4]
    shared = twin_of(dataclasses.replace(TRAINING, shared=("init",)), ("init",))
    assert shared.stream("init", [3, 4]) == [OFFSET, OFFSET]


def test_a_twin_without_anything_anew_is_the_run_itself() -> None:
    run, twin = train(TRAINING, [1, 2]), train(twin_of(TRAINING, ()), [1, 2])
    for name, curve in run.items():
        np.testing.assert_array_equal(twin[name], curve)


def test_other_weights_on_the_same_batches() -> None:
    """At a learning rate of 0, another order leaves every exact loss as it is; other weights and data do not."""
    frozen = dataclasses.replace(TRAINING, optimizer=keras.optimizers.SGD(0.0))
    run = train(frozen, [1, 2])
    order, init, data = (train(twin_of(frozen, (name,)), [1, 2]) for name in ("order", "init", "data"))
    np.testing.assert_array_equal(order["train_loss"], run["train_loss"])
    assert (order["step_loss"] != run["step_loss"]).any()
    assert (init["train_loss"] != run["train_loss"]).all()
    assert (data["train_loss"] != run["train_loss"]).all()
    # The weights at the end are those at the start: the data twin has the run's, the initial twin has none of them.
    np.testing.assert_array_equal(data.weights[0], run.weights[0])
    assert (init.weights[0] != run.weights[0]).all()
