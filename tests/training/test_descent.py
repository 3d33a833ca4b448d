"""Descent with a rate for each replicate, weights along a run: against Keras' SGD and closed forms (G4, G5, G13)."""

import functools
import math
from typing import Any

import numpy as np
import pytest

from generator.stats.roughness import turning_point_rate, upward_variation

pytestmark = pytest.mark.tensorflow


def one_weight(y: np.ndarray, **changed: Any) -> Any:
    """Training of a single weight w on (w x - y)^2 with x = 1, whose curvature is 2, in double precision."""
    import keras

    from generator.training.datasets import arrays
    from generator.training.models import regression_network
    from generator.training.trainer import Training

    settings = {
        "model": functools.partial(regression_network, features=1, hidden=1, layers=0, outputs=1, bias=False),
        "data": arrays(np.ones((len(y), 1)), y[:, None]),
        "optimizer": keras.optimizers.SGD(changed.pop("rate")),
        "loss": "mean_squared_error",
        "dtype": "float64",
        "shared": ("init",),
        **changed,
    }
    return Training(**settings)


class TestCheckpoints:
    @staticmethod
    def training() -> Any:
        import keras

        from generator.training.datasets import random_labels
        from generator.training.models import dense_network
        from generator.training.trainer import Training

        return Training(
            model=functools.partial(dense_network, features=3, hidden=4),
            data=functools.partial(random_labels, train=24, test=0, features=3),
            optimizer=keras.optimizers.SGD(0.5),
            batch_size=6,
            epochs=3,
            chunk=4,
        )

    def test_the_path_begins_and_ends_with_the_run(self) -> None:
        from generator.training.checkpoints import start_of, train_with_checkpoints
        from generator.training.weights import initial_weights

        training, model = self.training(), self.training().model()
        history, (first, last) = train_with_checkpoints(training, [5, 2], (0, 3))
        assert last == pytest.approx(np.concatenate([w.reshape(2, -1) for w in history.weights], axis=1))
        drawn = initial_weights(training.model, model, 2)
        assert first[1].tolist() == np.concatenate([w.ravel() for w in drawn]).tolist()
        start = start_of(training, [5, 2])
        examples = training.data([5, 2])
        assert np.array_equal(start.x, examples.x[examples.train])
        assert start.surface.loss(last, start.x, start.y) == pytest.approx(history["train_loss"][:, -1], rel=1e-5)

    def test_descent_with_equal_rates_is_keras_sgd(self) -> None:
        from generator.training.checkpoints import start_of, train_with_checkpoints
        from generator.training.descent import descend
        from generator.training.orders import permutations

        training = self.training()
        _, path = train_with_checkpoints(training, [5, 2], (1, 3))
        start = start_of(training, [5, 2])
        chosen = np.stack([permutations(r, 24, 3).reshape(-1, 6) for r in (5, 2)])
        steps = descend(start.surface, start.theta, start.x, start.y, chosen, np.array([0.5, 0.5]))
        assert steps.shape == (2, 12, start.surface.parameters)
        assert steps[:, 3] == pytest.approx(path[0], abs=1e-5)
        assert steps[:, -1] == pytest.approx(path[1], abs=1e-5)


def test_each_replicate_has_its_own_rate() -> None:
    """On (w - 3)^2 the distance shrinks by 1 - 2 rate a step."""
    from generator.training.checkpoints import start_of
    from generator.training.descent import descend

    start = start_of(one_weight(np.full(4, 3.0), rate=1.0, dtype="float32"), [0, 1])
    chosen = np.tile(np.arange(4, dtype=np.int32), (2, 5, 1))
    steps = descend(start.surface, start.theta, start.x, start.y.astype(np.float32), chosen, np.array([0.1, 0.9]))
    shrinking = np.array([0.8, -0.8])[:, None] ** np.arange(1, 6)
    assert steps[..., 0] == pytest.approx(3 + (start.theta - 3) * shrinking, abs=1e-4)


def test_a_walk_ends_where_the_path_ends_and_is_as_long_as_its_steps() -> None:
    from generator.training.checkpoints import start_of
    from generator.training.descent import descend, walk
    from generator.training.orders import permutations

    start = start_of(TestCheckpoints.training(), [5, 2])
    chosen = np.stack([permutations(r, 24, 3).reshape(-1, 6) for r in (5, 2)])
    rate = np.array([0.5, 0.2])
    path = np.concatenate([start.theta[:, None], descend(start.surface, *start[1:], chosen, rate)], axis=1)
    end, length = walk(start.surface, *start[1:], chosen, rate)
    assert end == pytest.approx(path[:, -1], abs=1e-6)
    assert length == pytest.approx(np.linalg.norm(np.diff(path, axis=1), axis=2).sum(axis=1), rel=1e-5)


class TestGroundTruth:
    @pytest.mark.parametrize("contraction", [0.1, 1.9, 2.1])
    def test_g4_stability(self, contraction: float) -> None:
        """The distance changes by the factor |1 - rate x curvature| each step, and grows above 2."""
        from generator.training.checkpoints import train_with_checkpoints

        training = one_weight(np.zeros(4), rate=contraction / 2, batch_size=4, epochs=40, chunk=1)
        _, path = train_with_checkpoints(training, [0], range(41))
        logarithms = np.log(np.abs(np.array(path)[:, 0, 0]))
        # Keras keeps the rate in single precision.
        slope = math.log(abs(1 - 2 * float(np.float32(contraction / 2))))
        assert np.diff(logarithms) == pytest.approx(slope, abs=1e-10)
        assert bool(logarithms[-1] > logarithms[0]) is (contraction > 2)

    @pytest.mark.parametrize("contraction", [0.05, 0.5])
    def test_g5_epochs_without_replacement(self, contraction: float) -> None:
        """N = 256 in batches of 16: the variance of the weight where an epoch ends."""
        y = np.random.default_rng(5).normal(size=256)
        rate, kept, batches = contraction / 2, 1 - contraction, 16
        first, second = ((1 - kept ** (k * batches)) / (1 - kept**k) for k in (1, 2))
        variance = 4 * y.var(ddof=1) / 16 * (1 - 16 / 256)
        ends = rate**2 * variance * (batches * second - first**2) / ((batches - 1) * (1 - kept ** (2 * batches)))
        independent = rate**2 * 4 * y.var() / 16 / (1 - kept**2)
        assert self.variance(y, rate, "reshuffled") / ends == pytest.approx(1, abs=0.04)
        assert self.variance(y, rate, "replacement") / independent == pytest.approx(1, abs=0.055)
        assert self.variance(y, rate, "stored") < 1e-20

    @staticmethod
    def variance(y: np.ndarray, rate: float, order: str) -> float:
        from generator.training.trainer import train

        training = one_weight(y, rate=rate, batch_size=16, epochs=15, order=order, chunk=6000)
        return float(train(training, range(6000)).weights[0].var(ddof=1))

    def test_g13_full_batches_of_a_convex_loss_never_rise(self) -> None:
        """Logistic regression below 2 / L with L = lambda_max(X'X) / (4 n), at 95 % of it."""
        import keras

        from generator.training.datasets import arrays
        from generator.training.models import dense_network
        from generator.training.trainer import Training, train

        rng = np.random.default_rng(7)
        x, y = rng.normal(size=(100, 3)), rng.integers(0, 2, (100, 1)).astype(float)
        design = np.hstack([x, np.ones((100, 1))])
        largest = np.linalg.eigvalsh(design.T @ design)[-1] / 400
        training = Training(
            model=functools.partial(dense_network, features=3, layers=0),
            data=arrays(x, y),
            optimizer=keras.optimizers.SGD(0.95 * 2 / largest),
            batch_size=100,
            epochs=60,
            dtype="float64",
            chunk=3,
        )
        loss = train(training, range(3))["train_loss"]
        assert np.all(loss[:, 0] - loss[:, -1] > 1e-3)
        assert upward_variation(loss) == pytest.approx(0, abs=1e-7)
        assert turning_point_rate(loss, tolerance=1e-7).tolist() == [0, 0, 0]
