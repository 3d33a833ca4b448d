"""Data sets have the shapes, balance and Bayes error they state, and a replicate's examples are its own."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from generator.errors import GeneratorError
from generator.training.datasets import (
    DataSource,
    Examples,
    arrays,
    breast_cancer,
    by_class,
    digits,
    planted_teacher,
    random_labels,
)

pytestmark = pytest.mark.tensorflow

SOURCES: list[Callable[..., Examples]] = [random_labels, planted_teacher, digits]


def own(examples: Examples, row: int) -> tuple[bytes, ...]:
    """Inputs and targets of a replicate, in its own order."""
    parts = (examples.train[row], examples.test[row])
    return tuple(values[part].tobytes() for part in parts for values in (examples.x, examples.y))


@pytest.mark.parametrize("source", SOURCES)
def test_shapes_and_types(source: DataSource) -> None:
    examples = source(range(3))
    width, targets, test = (64, 10, 797) if source is digits else (10, 1, 1000)
    assert examples.train.shape == (3, 1000)
    assert examples.test.shape == (3, test)
    assert examples.x.shape[1:] == (width,)
    assert examples.y.shape == (len(examples.x), targets)
    assert {examples.x.dtype, examples.y.dtype} == {np.dtype(np.float32)}
    assert {examples.train.dtype, examples.test.dtype} == {np.dtype(np.int32)}
    assert examples.x.min() >= 0
    assert examples.x.max() <= 1


@pytest.mark.parametrize("source", SOURCES)
def test_a_replicate_draws_the_same_in_any_company(source: DataSource) -> None:
    three, other = source((4, 5, 6)), source((6, 9))
    assert own(three, 2) == own(other, 0)
    assert len({own(three, row) for row in range(3)}) == 3


@pytest.mark.parametrize("source", SOURCES)
def test_training_examples_do_not_depend_on_how_many_are_kept_for_testing(source: Callable[..., Examples]) -> None:
    some, none = source((1,), train=50, test=20), source((1,), train=50, test=0)
    assert own(some, 0)[:2] == own(none, 0)[:2]
    assert none.test.shape == (1, 0)


@pytest.mark.parametrize("source", SOURCES)
def test_training_and_test_examples_do_not_overlap(source: DataSource) -> None:
    examples = source(range(4))
    for train, test in zip(examples.train, examples.test, strict=True):
        assert len(set(train) | set(test)) == len(train) + len(test)


def test_digits_are_complete_and_ordered_by_chance() -> None:
    from sklearn.datasets import load_digits

    pixels, classes = load_digits(return_X_y=True)
    examples = digits((2, 3))
    np.testing.assert_array_equal(examples.x * 16, pixels)
    np.testing.assert_array_equal(examples.y.argmax(axis=1), classes)
    assert (examples.y.sum(axis=1) == 1).all()
    everything = np.sort(np.concatenate([examples.train, examples.test], axis=1))
    np.testing.assert_array_equal(everything, np.tile(np.arange(1797), (2, 1)))
    assert not np.array_equal(examples.train[0], examples.train[1])


def test_labels_come_from_a_fair_coin_that_knows_nothing_of_the_inputs() -> None:
    examples = random_labels(range(100), train=1000, test=0)
    assert abs(examples.y.mean() - 0.5) < 4 * np.sqrt(0.25 / 100_000)
    # Accuracy of a constant guess on 1000 examples (G17).
    shares = examples.y.reshape(100, 1000).mean(axis=1)
    assert shares.std(ddof=1) == pytest.approx(np.sqrt(0.25 / 1000), rel=4 / np.sqrt(2 * 99))
    correlations = [np.corrcoef(column, examples.y[:, 0])[0, 1] for column in examples.x.T]
    assert np.abs(correlations).max() < 4.5 / np.sqrt(100_000)


def bayes(steepness: float, features: int) -> tuple[float, float]:
    """Bayes error and loss of the teacher, by drawing its logit for many directions and inputs.

    A uniform number has variance 1 / 12, so the logit of a unit direction has standard deviation steepness / 2.
    """
    rng = np.random.default_rng(77)
    directions = rng.standard_normal((400, features))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    logit = steepness / 2 * np.sqrt(12) * rng.uniform(-0.5, 0.5, (2000, features)) @ directions.T
    wrong = 1 / (1 + np.exp(np.abs(logit)))
    entropy = -wrong * np.log(wrong) - (1 - wrong) * np.log1p(-wrong)
    return float(wrong.mean()), float(entropy.mean())


@pytest.mark.parametrize("steepness", [2.0, 6.0])
def test_the_teacher_balances_classes_and_leaves_the_stated_error(steepness: float) -> None:
    """The empirical error is that of the best linear rule, found by knowing nothing of the teacher but the labels."""
    replicates, count, features = 40, 4000, 4
    examples = planted_teacher(range(replicates), train=count, test=0, features=features, steepness=steepness)
    x = examples.x.reshape(replicates, count, features).astype(np.float64) - 0.5
    y = examples.y.reshape(replicates, count)
    assert abs(y.mean() - 0.5) < 4 * np.sqrt(0.25 / (replicates * count))
    results = [_logistic_regression(*pair) for pair in zip(x, y, strict=True)]
    error, loss = np.mean(results, axis=0)
    expected_error, expected_loss = bayes(steepness, features)
    assert error == pytest.approx(expected_error, abs=0.006)
    assert loss == pytest.approx(expected_loss, abs=0.01)


def _logistic_regression(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Error and mean loss of the maximum-likelihood direction without intercept, by Newton's method."""
    slope = np.zeros(x.shape[1])
    for _ in range(12):
        p = 1 / (1 + np.exp(-x @ slope))
        slope += np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x, x.T @ (y - p))
    logit = x @ slope
    loss = np.logaddexp(0, np.where(y > 0, -logit, logit))
    return float(np.mean((logit > 0) != (y > 0))), float(loss.mean())


def test_arrays_are_the_same_for_every_replicate_and_kept_from_the_end() -> None:
    x, y = np.arange(12.0).reshape(6, 2), np.arange(6)
    examples = arrays(x, y, test=2)((7, 8))
    assert examples.train.tolist() == [[0, 1, 2, 3]] * 2
    assert examples.test.tolist() == [[4, 5]] * 2
    assert examples.x is x
    assert examples.y is y


def examples_of(train: Sequence[Sequence[int]], test: Sequence[Sequence[int]] = ((), ())) -> Examples:
    return Examples(x=np.zeros((5, 2)), y=np.zeros(5), train=np.array(train, np.int32), test=np.array(test, np.int32))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: arrays(np.zeros((4, 1)), np.zeros(3))([0]), "expected as many targets as inputs, found 3 for 4"),
        (lambda: arrays(np.zeros((4, 1)), np.zeros(4), test=4), "expected fewer than 4 test examples, found 4"),
        (lambda: digits([0], train=1797, test=1), "expected at most 1797 digits to .*, found 1797 and 1"),
        (lambda: digits([0], train=0), "expected at most 1797 digits to train and test on, found 0 and 797"),
        (lambda: examples_of([[0, 5], [1, 2]]), "expected indices from 0 to 4, found 0 to 5"),
        (lambda: examples_of([[0, 1], [1, 2]], [[-1], [3]]), "expected indices from 0 to 4, found -1 to 3"),
        (lambda: examples_of([[], []]), r"expected training indices of shape \(replicates, examples\), found \(2, 0\)"),
        (lambda: examples_of([[1], [2]], [[3]]), r"expected test indices of 2 replicates, found shape \(1, 1\)"),
    ],
    ids=["targets", "test", "digits", "no digits", "too high", "negative", "no training", "test replicates"],
)
def test_bad_input_is_refused_in_one_line(make: Callable[[], object], message: str) -> None:
    with pytest.raises(GeneratorError, match=f"^{message}$"):
        make()


def test_tumours_are_scikit_learns_standardised() -> None:
    from sklearn.datasets import load_breast_cancer
    from sklearn.preprocessing import StandardScaler

    measures, benign = load_breast_cancer(return_X_y=True)
    examples = breast_cancer((2, 3))
    np.testing.assert_allclose(examples.x, StandardScaler().fit_transform(measures), rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(examples.y[:, 0], benign)
    assert examples.train.shape == (2, 455)
    everything = np.sort(np.concatenate([examples.train, examples.test], axis=1))
    np.testing.assert_array_equal(everything, np.tile(np.arange(569), (2, 1)))
    assert not np.array_equal(examples.train[0], examples.train[1])


@pytest.mark.parametrize(("source", "classes"), [(breast_cancer, 2), (digits, 10), (planted_teacher, 2)])
def test_by_class_sorts_what_is_trained_on_and_nothing_else(source: DataSource, classes: int) -> None:
    before, after = source((1, 4)), by_class(source)((1, 4))
    np.testing.assert_array_equal(np.sort(before.train), np.sort(after.train))
    np.testing.assert_array_equal(before.test, after.test)
    for row in after.train:
        labels = after.y[row].argmax(axis=1) if classes > 2 else after.y[row, 0]
        assert (np.diff(labels) >= 0).all()
        assert len(set(labels.tolist())) == classes
    # Within a class the order is as before.
    first = before.train[0][before.y[before.train[0]].ravel()[:: before.y.shape[1]] == 0]
    if classes == 2:
        np.testing.assert_array_equal(after.train[0][: len(first)], first)


def test_by_class_sorts_integer_classes() -> None:
    examples = by_class(arrays(np.arange(4.0)[:, None], np.array([2, 0, 1, 0])))([0])
    assert examples.train.tolist() == [[1, 3, 2, 0]]


def test_a_linear_teacher_has_the_strengths_asked_for() -> None:
    """Without noise, least squares finds a matrix with these singular values."""
    from generator.training.datasets import linear_teacher

    examples = linear_teacher([3, 4], strengths=(4.0, 1.0), train=50, test=5, features=3)
    assert examples.test.shape == (2, 5)
    for train in examples.train:
        matrix = np.linalg.lstsq(examples.x[train], examples.y[train], rcond=None)[0]
        assert np.linalg.svd(matrix)[1] == pytest.approx([4, 1, 0], abs=1e-5)


def test_the_noise_of_a_linear_teacher() -> None:
    """What least squares cannot explain has the variance asked for."""
    from generator.training.datasets import linear_teacher

    examples = linear_teacher([3], strengths=(2.0,), train=20_000, features=2, noise_sd=0.5)
    residual = np.linalg.lstsq(examples.x, examples.y, rcond=None)[1]
    assert residual / 20_000 == pytest.approx([0.25, 0.25], rel=0.05)
