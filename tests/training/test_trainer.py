"""The curves of a history: what Keras would print, what is exact, and that no replicate depends on its company."""

import dataclasses
import functools
import math
from collections.abc import Callable, Sequence

import keras
import numpy as np
import pytest

from generator.errors import GeneratorError, UnknownNameError
from generator.training import IMPORTED_TOO_EARLY, trainer
from generator.training.datasets import Examples, arrays, planted_teacher, random_labels
from generator.training.history import CURVES, History
from generator.training.models import dense_network
from generator.training.orders import permutations
from generator.training.trainer import Training, orders, precision, split, train
from generator.training.weights import initial_weights, stacked_initial_weights

pytestmark = pytest.mark.tensorflow

layers, optimizers = keras.layers, keras.optimizers

#: One program serves most tests here: learning rate, strengths, data and epochs are run-time values.
SMALL = Training(
    model=functools.partial(dense_network, hidden=8, l2=0.0),
    data=functools.partial(planted_teacher, train=100, test=30),
    optimizer=lambda: optimizers.SGD(0.1),
    epochs=3,
    validation_share=0.2,
    chunk=4,
)


def bits(history: History, row: int) -> list[bytes]:
    values = [history[name][row] for name in sorted(history)] + [w[row] for w in history.weights]
    return [np.ascontiguousarray(value).tobytes() for value in values]


# What Keras prints


def fit_one_by_one(model: keras.Model, training: Training, replicate: int) -> dict[str, list[float]]:
    """`model.fit` for one epoch at a time, on data laid out in the order of that epoch."""
    examples = training.data([replicate])
    rows = examples.train[0]
    kept = len(split(training, examples).train[0])
    model.compile(training.make_optimizer(), training.loss, metrics=["accuracy"], jit_compile=False)
    model.set_weights(initial_weights(training.model, model, replicate))
    curves: dict[str, list[float]] = {}
    for order in permutations(replicate, kept, training.epochs):
        layout = np.concatenate([rows[:kept][order], rows[kept:]])
        logs = model.fit(
            examples.x[layout],
            examples.y[layout],
            batch_size=training.batch_size,
            validation_split=training.validation_share,
            shuffle=False,
            verbose=0,
        ).history
        for name, [value] in logs.items():
            curves.setdefault(name, []).append(value)
    return curves


def test_epoch_curves_are_those_of_fit_with_a_validation_split() -> None:
    training = dataclasses.replace(SMALL, model=functools.partial(dense_network, hidden=8, l2=0.01), dtype="float64")
    history = train(training, (3, 8))
    # Keras counts accuracy in float32.
    close = {"loss": functools.partial(np.testing.assert_allclose, rtol=1e-12)}
    close["accuracy"] = functools.partial(np.testing.assert_allclose, rtol=1e-6)
    with precision("float64"):
        model = training.model()
        curves = fit_one_by_one(model, training, 8)
        assert sorted(curves) == ["accuracy", "loss", "val_accuracy", "val_loss"]
        for name, expected in curves.items():
            close[name.removeprefix("val_")](history[name][1], expected)

        examples = training.data([8])
        for name, rows in (("train", examples.train[0, :80]), ("test", examples.test[0])):
            loss, accuracy = model.evaluate(examples.x[rows], examples.y[rows], verbose=0)
            close["loss"](history[f"{name}_loss"][1, -1], loss)
            close["accuracy"](history[f"{name}_accuracy"][1, -1], accuracy)
            predicted = model.predict(examples.x[rows], verbose=0)
            unpenalised = -np.mean(np.log(np.where(examples.y[rows] > 0, predicted, 1 - predicted)))
            close["loss"](history[f"{name}_data_loss"][1, -1], unpenalised)
    penalty = 0.01 * sum(np.sum(np.square(w)) for w in model.get_weights() if w.ndim == 2)
    # Keras rounds strengths to float32.
    np.testing.assert_allclose(history["penalty"][1, -1], penalty, rtol=1e-7)
    close["loss"](history["kernel_norm"][1, -1], math.sqrt(penalty / 0.01))


def test_every_curve_is_described_and_has_one_point_a_step_or_epoch() -> None:
    history = train(dataclasses.replace(SMALL, probes=("dead_units",)), range(2))
    assert set(history) == set(CURVES)
    for name, curve in history.items():
        assert curve.shape == (2, 3 * 3 if name.startswith("step_") else 3)
        assert curve.dtype == np.float64


# Independence


@pytest.fixture(scope="module")
def four() -> History:
    return train(SMALL, (0, 1, 2, 3))


@pytest.mark.parametrize("company", [(0, 1, 2, 9), (3, 2, 1, 0), (0,), (5, 6, 7, 8, 2, 1)], ids=str)
def test_a_replicate_keeps_its_bits_in_any_company(four: History, company: tuple[int, ...]) -> None:
    other = train(SMALL, company)
    shared = set(company) & {0, 1, 2, 3}
    assert shared
    for replicate in shared:
        assert bits(other, company.index(replicate)) == bits(four, replicate)
    assert bits(four, 0) != bits(four, 1)


def test_three_replicates_are_the_first_three_of_a_full_chunk() -> None:
    full = dataclasses.replace(SMALL, chunk=64)
    few, many = train(full, range(3)), train(full, range(64))
    assert [bits(few, row) for row in range(3)] == [bits(many, row) for row in range(3)]
    assert few.replicates == (0, 1, 2)
    assert few["loss"].shape == (3, 3)


def with_divergence(replicates: Sequence[int]) -> Examples:
    """The usual data, but the last replicate's inputs are so large that its losses overflow."""
    drawn = SMALL.data(replicates)
    x = drawn.x.copy()
    x[drawn.train[-1]] *= 1e30
    return dataclasses.replace(drawn, x=x)


def test_a_diverging_replicate_stays_and_disturbs_no_other(four: History) -> None:
    history = train(dataclasses.replace(SMALL, data=with_divergence), (0, 1, 2, 3))
    assert history.diverged.tolist() == [False, False, False, True]
    assert [bits(history, row) for row in range(3)] == [bits(four, row) for row in range(3)]
    assert not four.diverged.any()


def test_a_far_too_high_learning_rate_diverges() -> None:
    training = dataclasses.replace(
        SMALL,
        model=lambda: keras.Sequential([layers.Input((10,)), layers.Dense(1)]),
        loss="mean_squared_error",
        optimizer=lambda: optimizers.SGD(1e6),
    )
    history = train(training, range(3))
    assert history.diverged.all()
    assert history["loss"].shape == (3, 3)


# Shared streams


def test_orders_do_not_depend_on_batch_size_and_begin_longer_runs() -> None:
    examples = SMALL.data([4, 5])
    parts = split(SMALL, examples)
    short, long = (orders(dataclasses.replace(SMALL, epochs=epochs), parts, [4, 5]) for epochs in (2, 5))
    np.testing.assert_array_equal(short, long[:2])
    np.testing.assert_array_equal(np.sort(long, axis=2), np.broadcast_to(np.arange(long.shape[2]), long.shape))
    assert not np.array_equal(long[0], long[1])

    trained = [train(dataclasses.replace(SMALL, epochs=epochs), (4, 5)) for epochs in (2, 5)]
    np.testing.assert_array_equal(trained[0]["step_loss"], trained[1]["step_loss"][:, : 2 * 3])


def test_every_batch_size_cuts_the_same_order() -> None:
    """At learning rate 0, the mean of the first two steps of 16 is the first step of 32."""
    frozen = dataclasses.replace(SMALL, optimizer=lambda: optimizers.SGD(0.0), epochs=1)
    halves = train(dataclasses.replace(frozen, batch_size=16), range(4))["step_loss"]
    wholes = train(frozen, range(4))["step_loss"]
    np.testing.assert_allclose(halves[:, :4].reshape(4, 2, 2).mean(axis=2), wholes[:, :2], rtol=1e-6)


def test_conditions_start_from_the_same_weights() -> None:
    starts = []
    for l2 in (None, 0.0, 0.1):
        build = functools.partial(dense_network, l2=l2)
        starts.append(stacked_initial_weights(build, build(), range(3)))
    for other in starts[1:]:
        for a, b in zip(starts[0], other, strict=True):
            assert a.tobytes() == b.tobytes()


# Run-time values


def compiled() -> tuple[int, int]:
    return len(trainer._programs), sum(len(program._compiled) for program in trainer._programs.values())


def test_conditions_that_differ_in_run_time_values_share_a_compiled_program(four: History) -> None:
    before = compiled()
    slow = train(dataclasses.replace(SMALL, optimizer=lambda: optimizers.SGD(0.01)), range(4))
    strong = train(dataclasses.replace(SMALL, model=functools.partial(dense_network, hidden=8, l2=0.5)), range(4))
    other = train(dataclasses.replace(SMALL, data=functools.partial(random_labels, train=100, test=30)), range(4))
    longer = train(dataclasses.replace(SMALL, epochs=6), range(4))
    assert compiled() == before
    assert (slow["train_loss"][:, -1] > four["train_loss"][:, -1]).all()
    assert (strong["penalty"] > 0).all()
    assert (four["penalty"] == 0).all()
    assert not np.array_equal(other["loss"], four["loss"])
    assert longer["loss"].shape == (4, 6)
    # Nothing of a condition is left in the program for the next.
    assert bits(train(SMALL, range(4)), 2) == bits(four, 2)


def test_data_of_other_types_can_follow(four: History) -> None:
    def whole_numbers(replicates: Sequence[int]) -> Examples:
        drawn = SMALL.data(replicates)
        return dataclasses.replace(drawn, y=drawn.y.astype(np.int64))

    # Not every class or token is a float32.
    assert trainer.in_precision(np.array([2**24 + 1]), "float32").tolist() == [2**24 + 1]
    history = train(dataclasses.replace(SMALL, data=whole_numbers), range(4))
    np.testing.assert_array_equal(history["step_loss"], four["step_loss"])
    assert history.tier == "vectorised"


def test_an_optimizer_can_be_given_itself(four: History) -> None:
    optimizer = optimizers.SGD(0.1)
    histories = [train(dataclasses.replace(SMALL, optimizer=optimizer), range(4)) for _ in range(2)]
    assert [bits(history, 0) for history in histories] == [bits(four, 0)] * 2
    assert not optimizer.built


# Probes


def two_relu_layers() -> keras.Model:
    return keras.Sequential(
        [
            layers.Input((10,)),
            layers.Dense(6, activation="relu"),
            layers.Dense(5),
            layers.ReLU(),
            layers.Dense(4, activation="tanh"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def far_tests(replicates: Sequence[int]) -> Examples:
    """The usual data, but with test inputs that wake every unit."""
    drawn = SMALL.data(replicates)
    x = drawn.x.copy()
    x[drawn.test] = 100 * np.random.default_rng(0).standard_normal(x[drawn.test].shape)
    return dataclasses.replace(drawn, x=x)


def test_dead_units_and_kernel_norm_equal_a_count_by_hand() -> None:
    training = dataclasses.replace(
        SMALL,
        model=two_relu_layers,
        data=far_tests,
        optimizer=lambda: optimizers.SGD(2.0),
        epochs=8,
        probes=("dead_units",),
    )
    history = train(training, range(4))
    examples = training.data(range(4))
    dead, norms = [], []
    for row in range(4):
        w1, b1, w2, b2, *others = (w[row].astype(np.float64) for w in history.weights)
        x = examples.x[examples.train[row, :80]]
        first = np.maximum(x @ w1 + b1, 0)
        second = np.maximum(first @ w2 + b2, 0)
        dead.append(np.mean([not units.any() for units in np.concatenate([first, second], axis=1).T]))
        norms.append(math.sqrt(sum(np.sum(w**2) for w in (w1, w2, *others) if w.ndim == 2)))
    np.testing.assert_allclose(history["dead_units"][:, -1], dead, rtol=1e-6)
    np.testing.assert_allclose(history["kernel_norm"][:, -1], norms, rtol=1e-6)
    assert 0 < np.mean(dead) < 1


# Ground truth


@pytest.mark.parametrize(("dtype", "rounding"), [("float32", 1e-6), ("float64", 1e-15)])
def test_frozen_weights_give_flat_epochs_and_noisy_steps(dtype: str, rounding: float) -> None:
    """G12: an epoch partitions the data, so its mean is constant; its steps vary as means of draws without replacement.

    The variance of M batch means about their own mean, divided by M, is s^2 / B * (1 - B / N); divided by M - 1 it is
    M / (M - 1) times that, as the batches of an epoch are anti-correlated.
    """
    batch, examples, epochs = 5, 80, 60
    training = dataclasses.replace(
        SMALL, optimizer=lambda: optimizers.SGD(0.0), batch_size=batch, epochs=epochs, dtype=dtype
    )
    history = train(training, range(4))
    for name in ("loss", "train_loss", "val_loss"):
        assert np.ptp(history[name], axis=1).max() <= rounding

    drawn = training.data(range(4))
    spreads = []
    for row in range(4):
        w1, b1, w2, b2 = (w[row].astype(np.float64) for w in history.weights)
        rows = drawn.train[row, :80]
        logit = np.maximum(drawn.x[rows] @ w1 + b1, 0) @ w2 + b2
        spreads.append(np.var(np.logaddexp(0, np.where(drawn.y[rows] > 0, -logit, logit)), ddof=1))
    steps = history["step_loss"].reshape(4, epochs, examples // batch)
    formula = np.mean(spreads) / batch * (1 - batch / examples)
    # The standard error of a variance over 4 * 60 * 15 degrees of freedom is 2.4 %.
    assert np.mean(np.var(steps, axis=2)) == pytest.approx(formula, rel=0.1)
    assert np.mean(np.var(steps, axis=2, ddof=1)) == pytest.approx(formula * 16 / 15, rel=0.1)


def line() -> keras.Model:
    return keras.Sequential([layers.Input((1,)), layers.Dense(1, use_bias=False, kernel_initializer="ones")])


def test_an_epoch_mean_lags_half_an_epoch() -> None:
    """G16: where the loss decays by exp(-k) an epoch, epoch mean / end = (exp(k) - 1) / k."""
    k, steps = 0.7, 1000
    rate = (1 - math.exp(-k / steps / 2)) / 2
    training = Training(
        model=line,
        data=arrays(np.ones((steps, 1), np.float32), np.zeros((steps, 1), np.float32)),
        optimizer=lambda: optimizers.SGD(rate),
        loss="mean_squared_error",
        batch_size=1,
        epochs=3,
        chunk=1,
        dtype="float64",
    )
    history = train(training, [0])
    ends = history["train_loss"][0]
    np.testing.assert_allclose(ends, np.exp(-k * np.arange(1, 4)), rtol=1e-9)
    # Keras takes each loss before its step; half a step later the mean is the integral, to order 1 / steps^2.
    starts = np.array([1.0, *ends[:-1]])
    means = history["loss"][0] - (starts - ends) / (2 * steps)
    np.testing.assert_allclose(means / ends, (math.exp(k) - 1) / k, rtol=1e-6)


def test_random_labels_cannot_be_predicted_better_than_by_a_coin() -> None:
    """G17: the Bayes loss is ln 2, and accuracy on n examples has standard deviation sqrt(0.25 / n)."""
    training = dataclasses.replace(
        SMALL,
        chunk=64,
        data=functools.partial(random_labels, train=100, test=1000),
        optimizer=lambda: optimizers.SGD(1.0),
        epochs=20,
    )
    history = train(training, range(64))
    losses, accuracies = history["test_loss"][:, -1], history["test_accuracy"][:, -1]
    assert history["train_loss"][:, -1].mean() < math.log(2)
    assert losses.mean() > math.log(2)
    deviation = math.sqrt(0.25 / 1000)
    assert accuracies.mean() == pytest.approx(0.5, abs=4 * deviation / math.sqrt(64))
    # An sd of 64 has a standard error of 9 %.
    assert accuracies.std(ddof=1) == pytest.approx(deviation, rel=0.3)


# What cannot be trained


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"batch_size": 0}, "expected a batch size of at least 1, found 0"),
        ({"epochs": 0}, "expected a number of epochs of at least 1, found 0"),
        ({"chunk": 0}, "expected a chunk of at least 1, found 0"),
        ({"validation_share": 1.0}, r"expected a validation share in \[0, 1\), found 1.0"),
        ({"dtype": "float16"}, "expected a dtype of 'float32' or 'float64', found 'float16'"),
    ],
    ids=str,
)
def test_a_training_is_checked_when_it_is_made(change: dict[str, object], message: str) -> None:
    with pytest.raises(GeneratorError, match=f"^{message}$"):
        dataclasses.replace(SMALL, **change)  # type: ignore[arg-type]  # wrong values are the point


def test_an_unknown_probe_is_named() -> None:
    with pytest.raises(UnknownNameError, match="unknown probe 'dead_unit'; did you mean 'dead_units'"):
        dataclasses.replace(SMALL, probes=("dead_unit",))


def wrong(
    model: Callable[[], keras.Model] = SMALL.model, loss: str = SMALL.loss, probes: tuple[str, ...] = ()
) -> Training:
    return dataclasses.replace(SMALL, model=model, loss=loss, probes=probes)


class Untouched(keras.layers.Layer):  # type: ignore[misc]  # Keras has no types
    """Has a weight that it does not use."""

    def build(self, shape: tuple[int, ...]) -> None:
        self.extra = self.add_weight(shape=shape[1:], name="extra")

    def call(self, inputs: object) -> object:
        return inputs


class Adding(keras.layers.Layer):  # type: ignore[misc]  # Keras has no types
    """Adds a loss that is no penalty on a weight."""

    def call(self, inputs: object) -> object:
        self.add_loss(keras.ops.sum(inputs))
        return inputs


def nested_relu() -> keras.Model:
    inputs = keras.Input((10,))
    hidden = keras.Sequential([layers.Input((10,)), layers.Dense(3, activation="relu")])(inputs)
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(hidden))


def sequential(*hidden: Callable[[], keras.Layer], features: int = 10) -> Callable[[], keras.Model]:
    return lambda: keras.Sequential(
        [layers.Input((features,)), *(make() for make in hidden), layers.Dense(1, activation="sigmoid")]
    )


@pytest.mark.parametrize(
    ("training", "message"),
    [
        (wrong(loss="binary"), "expected the name of a Keras loss, found 'binary'"),
        (wrong(sequential(features=7)), "expected a model that fits these examples, found: .*axis -1.*"),
        (wrong(sequential(Untouched)), "expected every trainable variable to affect the loss, found '.*extra'"),
        (wrong(sequential(Adding)), "expected 0 penalties, one a regulariser, found 1 added losses"),
        (wrong(sequential(), probes=("dead_units",)), "expected a model with ReLU units for the probe .*, found none"),
        (
            wrong(nested_relu, probes=("dead_units",)),
            "expected a sequential or functional model with its ReLU layers.*",
        ),
        (
            wrong(sequential(lambda: layers.Embedding(5, 2), layers.Flatten)),
            None,
        ),
    ],
    ids=["loss", "shape", "unused weight", "added loss", "no ReLU", "nested ReLU", "embedding"],
)
def test_what_does_not_fit_is_refused_in_one_line(training: Training, message: str | None) -> None:
    if message is None:
        training = dataclasses.replace(training, optimizer=lambda: optimizers.Adam(0.1))
        message = "expected SGD without clipping to train '.*embeddings', found Adam"
    with pytest.raises(GeneratorError, match=f"^{message}$") as raised:
        train(training, [0])
    assert "\n" not in str(raised.value)


def test_a_history_says_whether_the_settings_came_too_late(monkeypatch: pytest.MonkeyPatch, four: History) -> None:
    assert four.reproducible == (not IMPORTED_TOO_EARLY)
    monkeypatch.setattr(trainer, "IMPORTED_TOO_EARLY", ("numpy",))
    assert not train(SMALL, range(4)).reproducible


def test_a_refused_condition_leaves_the_next_one_as_fast(four: History) -> None:
    def too_wide(replicates: Sequence[int]) -> Examples:
        drawn = SMALL.data(replicates)
        return dataclasses.replace(drawn, x=np.tile(drawn.x, 2))

    with pytest.raises(GeneratorError, match="expected a model that fits these examples"):
        train(dataclasses.replace(SMALL, data=too_wide), range(4))
    after = train(SMALL, range(4))
    assert after.tier == "vectorised"
    assert bits(after, 1) == bits(four, 1)


def test_a_model_that_is_built_once_is_refused() -> None:
    model = SMALL.model()
    with pytest.raises(GeneratorError, match="expected a function that builds a new model each time"):
        train(dataclasses.replace(SMALL, model=lambda: model, loss="mean_squared_error"), [0])


def test_no_replicates_and_no_training_examples_are_refused() -> None:
    with pytest.raises(GeneratorError, match="expected at least one replicate, found none"):
        train(SMALL, [])
    with pytest.raises(GeneratorError, match="expected a validation share that leaves something to train on, found 0"):
        train(dataclasses.replace(SMALL, validation_share=0.995), [0])
