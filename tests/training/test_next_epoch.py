"""One epoch in many orders, against the run itself and against plain Keras from the same start."""

import dataclasses
import functools

import keras
import numpy as np
import pytest

from generator.errors import GeneratorError
from generator.training.datasets import planted_teacher
from generator.training.models import dense_network
from generator.training.next_epoch import next_epochs
from generator.training.orders import permutations
from generator.training.trainer import Training, precision, train
from generator.training.weights import stacked_initial_weights

pytestmark = pytest.mark.tensorflow

EXAMPLES, BATCH = 20, 8
REPLICATES, EPOCH, COUNT = (3, 5), 2, 3

#: Adam, so that an optimiser's moments must be brought back too; the last batch is short.
TRAINING = Training(
    model=functools.partial(dense_network, features=3, hidden=4, l2=0.01),
    data=functools.partial(planted_teacher, train=EXAMPLES, test=0, features=3),
    optimizer=lambda: keras.optimizers.Adam(0.05),
    batch_size=BATCH,
    epochs=EPOCH,
    chunk=4,
    dtype="float64",
)


def test_the_first_order_is_the_runs_own_next_epoch() -> None:
    taken = next_epochs(TRAINING, REPLICATES, EPOCH, COUNT)
    history = train(dataclasses.replace(TRAINING, epochs=EPOCH + 1), REPLICATES)
    for name in ("loss", "train_loss", "train_accuracy"):
        assert taken[name].shape == (len(REPLICATES), COUNT)
        np.testing.assert_array_equal(taken[name][:, 0], history[name][:, EPOCH])


def epoch_by_keras(model: keras.Model, x: np.ndarray, y: np.ndarray, order: np.ndarray) -> float:
    """Train one epoch in this order; what Keras prints is the mean over examples of the batches' losses."""
    total = 0.0
    for start in range(0, EXAMPLES, BATCH):
        batch = order[start : start + BATCH]
        model.reset_metrics()
        total += len(batch) * float(model.train_on_batch(x[batch], y[batch]))
    return total / EXAMPLES


def test_every_order_starts_from_the_same_weights_and_moments() -> None:
    """Each order in a run of its own that Keras trains from the first epoch on, of one replicate among others."""
    taken, row = next_epochs(TRAINING, REPLICATES, EPOCH, COUNT), 1
    examples = TRAINING.data(list(REPLICATES))
    with precision("float64"):
        initial = stacked_initial_weights(TRAINING.model, TRAINING.model(), list(REPLICATES))
        x, y = (values[examples.train[row]].astype(np.float64) for values in (examples.x, examples.y))
        drawn = permutations(REPLICATES[row], EXAMPLES, EPOCH + COUNT)
        for k in range(COUNT):
            model = TRAINING.model()
            model.set_weights([values[row] for values in initial])
            model.compile(TRAINING.make_optimizer(), TRAINING.loss)
            losses = [epoch_by_keras(model, x, y, order) for order in (*drawn[:EPOCH], drawn[EPOCH + k])]
            assert taken["loss"][row, k] == pytest.approx(losses[-1], rel=1e-9)
            exact = model.evaluate(x, y, batch_size=EXAMPLES, verbose=0)
            assert taken["train_loss"][row, k] == pytest.approx(exact, rel=1e-9)


def test_one_order_kept_leaves_nothing_to_differ() -> None:
    taken = next_epochs(dataclasses.replace(TRAINING, order="once"), REPLICATES, EPOCH, COUNT)
    assert np.ptp(taken["loss"], axis=1).tolist() == [0, 0]


@pytest.mark.parametrize(
    "training",
    [
        dataclasses.replace(TRAINING, order="easy-first"),
        dataclasses.replace(TRAINING, noise_of_batch=4),
        dataclasses.replace(TRAINING, chunk=1),
    ],
)
def test_what_it_cannot_take_again_is_refused(training: Training) -> None:
    with pytest.raises(GeneratorError, match="expected"):
        next_epochs(training, REPLICATES, EPOCH, COUNT)
