"""Ways to order the examples, what replicates share of them, and noise as large as a small batch's."""

import dataclasses
import functools

import keras
import numpy as np
import pytest

from generator.errors import GeneratorError, UnknownNameError
from generator.spec import ORDERS
from generator.training.datasets import planted_teacher
from generator.training.models import dense_network
from generator.training.orders import (
    DRAWN,
    as_stored,
    by_loss,
    noise_weights,
    permutations,
    shuffled_once,
    with_replacement,
)  # fmt: skip
from generator.training.trainer import Training, orders, precision, split, train
from generator.training.weights import initial_weights

pytestmark = pytest.mark.tensorflow

SMALL = Training(
    model=functools.partial(dense_network, hidden=8),
    data=functools.partial(planted_teacher, train=40, test=0),
    optimizer=lambda: keras.optimizers.SGD(0.1),
    batch_size=40,
    epochs=3,
    chunk=4,
    dtype="float64",
)


def test_the_specification_knows_the_same_orders() -> None:
    assert set(ORDERS) == set(DRAWN)


def test_orders_are_permutations_that_change_and_begin_longer_runs() -> None:
    long = permutations(3, 50, 6)
    assert long.shape == (6, 50)
    assert long.dtype == np.int32
    np.testing.assert_array_equal(np.sort(long, axis=1), np.tile(np.arange(50), (6, 1)))
    assert len({order.tobytes() for order in long}) == 6
    np.testing.assert_array_equal(permutations(3, 50, 2), long[:2])
    assert not np.array_equal(permutations(4, 50, 6), long)


def test_every_example_is_as_likely_in_every_place() -> None:
    """Chi-squared of 2000 permutations of 8: (8 - 1)^2 degrees of freedom."""
    orders = permutations(0, 8, 2000)
    counts = np.array([np.bincount(orders[:, place], minlength=8) for place in range(8)])
    statistic = np.sum((counts - 250) ** 2 / 250)
    assert abs(statistic - 49) < 4 * np.sqrt(2 * 49)


def test_shuffled_once_repeats_the_first_permutation() -> None:
    np.testing.assert_array_equal(shuffled_once(3, 50, 4), np.tile(permutations(3, 50, 1), (4, 1)))


def test_as_stored_is_no_shuffling_at_all() -> None:
    np.testing.assert_array_equal(as_stored(3, 5, 2), [[0, 1, 2, 3, 4]] * 2)


def test_with_replacement_leaves_examples_out() -> None:
    """A share (1 - 1/N)^N, about 1/e, of the examples is in none of N draws."""
    drawn = with_replacement(0, 200, 400)
    missing = np.mean([1 - len(set(order)) / 200 for order in drawn.tolist()])
    assert abs(missing - (1 - 1 / 200) ** 200) < 4 * 0.02 / np.sqrt(400)


def test_sorting_by_loss_follows_the_losses_in_every_pass() -> None:
    drawn, loss = np.zeros((1, 6), np.int32), np.array([[0.3, 0.1, 0.2]])
    np.testing.assert_array_equal(by_loss("easy-first", drawn, loss), [[1, 2, 0, 1, 2, 0]])
    np.testing.assert_array_equal(by_loss("hard-first", drawn, loss), [[0, 2, 1, 0, 2, 1]])
    np.testing.assert_array_equal(by_loss("easy-first", drawn, None), drawn)
    np.testing.assert_array_equal(by_loss("reshuffled", drawn, loss), drawn)


def test_easy_examples_come_first() -> None:
    """With frozen weights and batches of one, an epoch's losses rise from the first to the last."""
    frozen = dataclasses.replace(
        SMALL, optimizer=lambda: keras.optimizers.SGD(0.0), batch_size=1, epochs=2, order="easy-first"
    )
    second = train(frozen, (0, 1))["step_loss"][:, 40:]
    assert (np.diff(second, axis=1) >= 0).all()
    assert np.ptp(second) > 0


def test_passes_are_epochs_laid_end_to_end() -> None:
    """Two epochs of one pass are one epoch of two, to the last bit."""
    ones = train(dataclasses.replace(SMALL, batch_size=8, epochs=4), (0, 1))
    twos = train(dataclasses.replace(SMALL, batch_size=8, epochs=2, passes=2), (0, 1))
    np.testing.assert_array_equal(ones["step_loss"], twos["step_loss"])
    np.testing.assert_array_equal(ones["train_loss"][:, 1::2], twos["train_loss"])
    np.testing.assert_allclose(ones["loss"].reshape(2, 2, 2).mean(axis=2), twos["loss"], rtol=1e-12)


@pytest.mark.parametrize("shared", ["data", "init", "order"])
def test_sharing_a_stream_makes_replicates_alike_in_that_alone(shared: str) -> None:
    training = dataclasses.replace(SMALL, shared=(shared,))
    streams = {name: training.stream(name, (3, 4)) for name in ("data", "init", "order")}
    assert streams == {"data": [3, 4], "init": [3, 4], "order": [3, 4]} | {shared: [0, 0]}


def test_sharing_everything_gives_one_run_many_times() -> None:
    history = train(dataclasses.replace(SMALL, batch_size=8, shared=("data", "init", "order")), (3, 4))
    np.testing.assert_array_equal(history["step_loss"][0], history["step_loss"][1])
    np.testing.assert_array_equal(
        history["step_loss"][0], train(dataclasses.replace(SMALL, batch_size=8), [0])["step_loss"][0]
    )


def test_a_crossed_design_meets_every_pair_once() -> None:
    training = dataclasses.replace(SMALL, crossed=3)
    pairs = list(zip(training.stream("init", range(9)), training.stream("order", range(9)), strict=True))
    assert sorted(pairs) == [(i, j) for i in range(3) for j in range(3)]
    assert training.stream("data", range(9)) == [0] * 9


def test_noise_has_the_covariance_of_a_batch_drawn_without_replacement() -> None:
    """Cochran (1977, eq. 2.9): S (1/B - 1/N), here of one number per example; 4 standard errors of a variance."""
    values = np.random.default_rng(0).normal(size=20)
    weights = noise_weights(range(4), (1, 10_000), 20, 5)[0]
    means = (weights * values).mean(axis=-1).ravel()
    expected = values.var(ddof=1) * (1 / 5 - 1 / 20)
    assert abs(means.var() / expected - 1) < 4 * np.sqrt(2 / means.size)
    np.testing.assert_allclose(weights.mean(axis=-1), 1, atol=1e-5)


def test_noise_of_all_examples_is_none() -> None:
    np.testing.assert_array_equal(noise_weights([0], (2, 1), 20, 20), 1)


def test_weighted_steps_equal_keras_with_sample_weights() -> None:
    """Whole batches, each example weighted as Keras' `sample_weight` does."""
    noisy = dataclasses.replace(SMALL, noise_of_batch=8, epochs=5)
    examples = noisy.data([2])
    order = orders(noisy, split(noisy, examples), [2])
    weights = noise_weights([2], (5, 1), 40, 8)
    with precision("float64"):
        model = noisy.model()
        model.compile(noisy.make_optimizer(), noisy.loss, jit_compile=False)
        for variable, value in zip(model.variables, initial_weights(noisy.model, model, 2), strict=True):
            variable.assign(value)
        losses = [
            model.train_on_batch(examples.x[p], examples.y[p], sample_weight=w)
            for p, w in zip(order[:, 0], weights[:, 0, 0].astype(np.float64), strict=True)
        ]
    # A float32 sum of Keras' own divides by the batch size, ours by the weights' sum, which rounding moves.
    np.testing.assert_allclose(train(noisy, [2])["step_loss"][0], np.ravel(losses), rtol=1e-6)


def test_noise_needs_whole_batches() -> None:
    with pytest.raises(GeneratorError, match="expected noise to be added to batches of all 40, found 8"):
        train(dataclasses.replace(SMALL, batch_size=8, noise_of_batch=8), [0])


def test_an_unknown_order_is_named() -> None:
    with pytest.raises(UnknownNameError, match="order 'shuffled once'"):
        dataclasses.replace(SMALL, order="shuffled once")
