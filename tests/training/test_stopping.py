"""Our rule on a finished curve stops and restores where `keras.callbacks.EarlyStopping` does."""

import dataclasses
import functools
import math
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator.errors import GeneratorError
from generator.training.datasets import random_labels
from generator.training.models import dense_network
from generator.training.orders import permutations
from generator.training.stopping import EarlyStopping, apply_stopping
from generator.training.trainer import Training, precision, train
from generator.training.weights import initial_weights

pytestmark = pytest.mark.tensorflow


class Weights:
    """Stands in for a model: its weights are the number of epochs it was trained."""

    def __init__(self) -> None:
        self.epochs = 0
        self.stop_training = False

    def get_weights(self) -> int:
        return self.epochs

    def set_weights(self, weights: int) -> None:
        self.epochs = weights


def keras_stops(rule: EarlyStopping, curve: list[float]) -> tuple[int, int]:
    """Epochs trained and the epoch whose weights are left, by the callback itself."""
    callback = keras.callbacks.EarlyStopping(
        monitor="val_loss", mode="min", restore_best_weights=True, **dataclasses.asdict(rule)
    )
    model = Weights()
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, value in enumerate(curve):
        model.epochs = epoch + 1
        callback.on_epoch_end(epoch, {"val_loss": value})
        if model.stop_training:
            break
    trained = model.epochs
    callback.on_train_end()
    return trained, model.epochs


#: Few values, so that ties and plateaus are common, and some that differ by less than float32 can tell.
VALUES = st.sampled_from([0.0, 0.1, 0.1 + 1e-12, 0.2, 0.25, 0.3, 0.5, 0.5 - 1e-9, 1.0, -0.5, math.nan, math.inf])
CURVES = st.lists(VALUES | st.floats(-1, 1, width=32, allow_subnormal=False), min_size=1, max_size=15)
RULES = st.builds(
    EarlyStopping,
    patience=st.integers(0, 5),
    min_delta=st.sampled_from([0.0, 0.05, 0.1, 0.5]),
    baseline=st.none() | st.sampled_from([0.0, 0.2, 0.5]),
    start_from_epoch=st.integers(0, 5),
)


@settings(max_examples=500, deadline=None)
@given(rule=RULES, curve=CURVES)
@example(rule=EarlyStopping(), curve=[0.1 + 1e-12, 0.1, 0.1])
@example(rule=EarlyStopping(start_from_epoch=3), curve=[0.1, 0.2])
@example(rule=EarlyStopping(patience=1), curve=[math.nan, math.nan, 0.1])
def test_equals_the_callback_on_any_curve(rule: EarlyStopping, curve: list[float]) -> None:
    stop = apply_stopping(rule, np.array([curve]))
    assert (stop.epochs[0], stop.best[0]) == keras_stops(rule, curve)


def test_every_replicate_stops_by_its_own_curve() -> None:
    curves = np.array([[3.0, 2.0, 1.0, 0.0], [1.0, 2.0, 3.0, 4.0], [2.0, 1.0, 1.0, 1.0]])
    stop = apply_stopping(EarlyStopping(patience=1), curves)
    assert stop.epochs.tolist() == [4, 2, 3]
    assert stop.best.tolist() == [4, 1, 2]


def test_bad_input_is_refused() -> None:
    with pytest.raises(
        GeneratorError, match=r"expected monitored curves of shape \(replicates, epochs\), found \(4,\)"
    ):
        apply_stopping(EarlyStopping(), np.zeros(4))
    with pytest.raises(GeneratorError, match=r"found \(4, 0\)"):
        apply_stopping(EarlyStopping(), np.zeros((4, 0)))
    with pytest.raises(GeneratorError, match=r"expected a min_delta of at least 0, found -0\.1"):
        EarlyStopping(min_delta=-0.1)


#: The article's third example. Its validation loss contains the penalty, which falls for longer than its 20 epochs.
EXAMPLE = Training(
    model=functools.partial(dense_network, l2=0.01),
    data=functools.partial(random_labels, test=0),
    optimizer=lambda: keras.optimizers.Adam(0.001),
    epochs=20,
    validation_share=0.2,
    chunk=4,
    dtype="float64",
)

#: Without the penalty it stops early.
UNPENALISED = dataclasses.replace(EXAMPLE, model=functools.partial(dense_network, l2=0.0))

#: Pilot seeds.
SEEDS = (9000, 9001, 9002, 9003)


def fit(training: Training, replicate: int, callbacks: list[Any]) -> tuple[keras.Model, dict[str, list[float]]]:
    examples = training.data([replicate])
    train_rows, validation_rows = np.split(examples.train[0], [800])
    # Every epoch's order, one after the other; 32 divides 800.
    rows = train_rows[permutations(replicate, 800, training.epochs).ravel()]
    with precision(training.dtype):
        model = training.model()
        model.compile(training.make_optimizer(), training.loss, metrics=["accuracy"], jit_compile=False)
        model.set_weights(initial_weights(training.model, model, replicate))
        curves = model.fit(
            tf.data.Dataset.from_tensor_slices((examples.x[rows], examples.y[rows])).batch(training.batch_size),
            steps_per_epoch=800 // training.batch_size,
            validation_data=(examples.x[validation_rows], examples.y[validation_rows]),
            epochs=training.epochs,
            shuffle=False,
            callbacks=callbacks,
            verbose=0,
        ).history
    return model, curves


@pytest.mark.parametrize(("training", "stops"), [(EXAMPLE, False), (UNPENALISED, True)], ids=["article", "unpenalised"])
def test_equals_fit_with_early_stopping_on_the_third_example(training: Training, stops: bool) -> None:
    history = train(training, SEEDS)
    stop = apply_stopping(EarlyStopping(patience=3), history["val_loss"])
    assert (stop.epochs < training.epochs).all() == stops
    epochs, best = int(stop.epochs[0]), int(stop.best[0])

    callback = keras.callbacks.EarlyStopping(monitor="val_loss", patience=3, restore_best_weights=True)
    model, curves = fit(training, SEEDS[0], [callback])
    assert len(curves["loss"]) == epochs
    assert callback.best_epoch + 1 == best
    np.testing.assert_allclose(history["val_loss"][0, :epochs], curves["val_loss"], rtol=1e-12)

    restored = train(dataclasses.replace(training, epochs=best), SEEDS)
    for ours, theirs in zip(restored.weights, model.get_weights(), strict=True):
        np.testing.assert_allclose(ours[0], theirs, rtol=1e-12, atol=1e-12)


def test_a_stopped_run_is_the_beginning_of_the_unstopped_one() -> None:
    """Early stopping cannot make a curve smoother: in Keras too, it changes no bit of what it leaves."""
    callback = keras.callbacks.EarlyStopping(monitor="val_loss", patience=3)
    _, stopped = fit(UNPENALISED, SEEDS[0], [callback])
    _, unstopped = fit(UNPENALISED, SEEDS[0], [])
    assert len(stopped["loss"]) < len(unstopped["loss"]) == 20
    for name, curve in stopped.items():
        assert curve == unstopped[name][: len(curve)]
