"""How batches are filled: shares counted by hand, and what Keras' own `fit` does, seen by two routes."""

import collections
from typing import Any

import numpy as np
import pytest

from generator.experiments import find
from generator.running.batches import (
    batch_sizes,
    draw_independently,
    independent_batches,
    keras_batches,
    sampling_curves,
)
from generator.spec import Measurement, plain

REPLICATES = (9000, 9001)


def parameters(role: str) -> dict[str, Any]:
    """What the task of a condition of the experiment is given."""
    measured = find("random-subset").conditions[role]
    assert isinstance(measured, Measurement)
    return {"condition": plain(measured.condition)}


def test_sizes_of_the_batches_of_an_epoch() -> None:
    assert batch_sizes(1000, 256) == [256, 256, 256, 232]
    assert batch_sizes(1000, 32) == [32] * 31 + [8]
    assert batch_sizes(10, 5) == [5, 5]


def test_shares_are_those_counted_by_hand() -> None:
    first = [np.array([0, 1, 2]), np.array([2, 3, 4]), np.array([4])]  # 0, 1 and 3 once, out of seven
    second = [np.array([2, 1, 0]), np.array([0, 1, 2]), np.array([3])]  # 3 once; 3, 1 and 0 come again
    curves = sampling_curves([first, second])
    assert curves["seen_once"] == pytest.approx([3 / 7, 1 / 7])
    assert curves["overlap"] == pytest.approx([(3 + 1 + 0) / 7])
    assert curves["last_batch"].tolist() == [1, 1]


def test_independent_draws_repeat_and_miss_what_theory_says() -> None:
    """Each of M batches of B out of N holds an example with probability B/N, whatever the others hold."""
    sizes, rng = [50] * 4, np.random.default_rng(1)
    epochs = [draw_independently(rng, sizes) for _ in range(400)]
    assert all(len(set(batch.tolist())) == len(batch) for epoch in epochs for batch in epoch)
    curves = sampling_curves(epochs)
    assert curves["seen_once"].mean() == pytest.approx(4 * 0.25 * 0.75**3, abs=0.005)
    assert curves["overlap"].mean() == pytest.approx(0.25, abs=0.005)


@pytest.mark.tensorflow
def test_independent_batches_belong_to_their_replicate() -> None:
    both, second = (independent_batches(parameters("independent-small"), r) for r in (REPLICATES, REPLICATES[1:]))
    assert both["seen_once"].shape == (2, 2)
    assert both["overlap"].shape == (2, 1)
    for name, curve in both.items():
        assert np.array_equal(curve[1:], second[name])
    assert not np.array_equal(both["overlap"][0], both["overlap"][1])


@pytest.mark.tensorflow
def test_keras_partitions_the_examples_of_each_replicate() -> None:
    from generator.running.conditions import training_of
    from generator.training.keras_batches import fitted_batches

    training = training_of(parameters("keras-large")["condition"])
    for index, batches in zip(training.data(REPLICATES).train, fitted_batches(training, list(REPLICATES)), strict=True):
        assert [len(batch) for batch in batches] == [256, 256, 256, 232] * training.epochs
        for epoch in (batches[:4], batches[4:]):
            assert sorted(np.concatenate(epoch).tolist()) == index.tolist()
    measured = keras_batches(parameters("keras-large"), REPLICATES)
    assert measured["seen_once"].tolist() == [[1, 1]] * 2
    assert measured["last_batch"].tolist() == [[232, 232]] * 2


@pytest.mark.tensorflow
def test_a_plain_fit_trains_on_the_recorded_batches() -> None:
    """Without a recorder: at a rate of 0, with the index as input, each batch's loss tells the mean of its indices."""
    import keras
    import tensorflow as tf

    from generator.running.conditions import training_of
    from generator.training.keras_batches import fitted_batches
    from generator.training.streams import Stream, layer_seed

    seen: dict[int, list[float]] = collections.defaultdict(list)

    class Losses(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no types
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            seen[batch].append(float(logs["loss"]))

    training = training_of(parameters("keras-large")["condition"])
    index = np.arange(1000, dtype=np.float64)[:, None]
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile(keras.optimizers.SGD(0.0), "mae")
    tf.random.set_seed(layer_seed(Stream.ORDER, REPLICATES[0], 0))
    model.fit(index, 0 * index, batch_size=256, epochs=training.epochs, verbose=0, callbacks=[Losses()])
    (recorded,) = fitted_batches(training, [REPLICATES[0]])
    for epoch in range(training.epochs):
        batches = recorded[4 * epoch : 4 * epoch + 4]
        # Keras logs the running mean over the epoch so far.
        expected = [np.concatenate(batches[: count + 1]).mean() for count in range(4)]
        assert [seen[step][epoch] for step in range(4)] == pytest.approx(expected, rel=1e-5)
