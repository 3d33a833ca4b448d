"""Keras' own optimisers on a problem with a known answer, measured with the statistics that pages rely on.

G1 to G8 number the closed forms for L = curvature * w^2 / 2 with gradient noise of variance noise_sd^2 / batch size.
"""

import functools
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from generator.stats.roughness import between_replicate_sd, level, residual_autocorrelation, turning_point_rate

pytestmark = pytest.mark.tensorflow

CHAINS = 20_000
CURVATURE, NOISE_SD, BATCH = 2.0, 1.5, 4


def train(optimizer: Mapping[str, Any], chains: int = CHAINS, **parameters: Any) -> dict[str, np.ndarray]:
    from generator.training.quadratic import noisy_quadratic

    problem = {"curvature": CURVATURE, "noise_sd": NOISE_SD, "batch_size": BATCH, **parameters}
    return noisy_quadratic({"optimizer": optimizer, **problem}, range(chains))


def optimizer(name: str, **config: float) -> dict[str, Any]:
    return {"class_name": name, "config": config}


@functools.cache
def stationary_sgd(contraction: float) -> dict[str, np.ndarray]:
    """Plain SGD at learning rate x curvature = `contraction`, long after the start is forgotten."""
    return train(optimizer("SGD", learning_rate=contraction / CURVATURE), steps=350, discarded=150)


def variance(curves: Mapping[str, np.ndarray]) -> float:
    return float(np.mean(between_replicate_sd(curves["weight"]) ** 2))


CONTRACTIONS = [0.1, 0.5, 1.5]


class TestPlainDescent:
    @pytest.mark.parametrize("contraction", CONTRACTIONS)
    def test_g1_stationary_variance_and_excess_loss(self, contraction: float) -> None:
        rate = contraction / CURVATURE
        curves = stationary_sgd(contraction)
        expected = rate * NOISE_SD**2 / (BATCH * CURVATURE * (2 - contraction))
        assert variance(curves) == pytest.approx(expected, rel=0.015)
        excess = rate * NOISE_SD**2 / (2 * BATCH * (2 - contraction))
        assert np.mean(level(curves["loss"])) == pytest.approx(excess, rel=0.015)

    @pytest.mark.parametrize("contraction", CONTRACTIONS)
    @pytest.mark.parametrize("lag", [1, 2, 5])
    def test_g2_memory(self, contraction: float, lag: int) -> None:
        weight = stationary_sgd(contraction)["weight"].astype(np.float64)
        correlation = np.mean(weight[:, lag:] * weight[:, :-lag]) / np.mean(weight**2)
        assert correlation == pytest.approx((1 - contraction) ** lag, abs=0.01)

    @pytest.mark.parametrize("contraction", CONTRACTIONS)
    def test_g2_lag_1_of_the_residuals(self, contraction: float) -> None:
        weight = stationary_sgd(contraction)["weight"]
        coefficient = 1 - contraction
        bias = (2 + 5 * coefficient) / weight.shape[1]
        assert np.mean(residual_autocorrelation(weight)) == pytest.approx(coefficient - bias, abs=0.01)

    @pytest.mark.parametrize("contraction", CONTRACTIONS)
    def test_g2_turning_rate(self, contraction: float) -> None:
        weight = stationary_sgd(contraction)["weight"]
        expected = math.acos(-contraction / 2) / math.pi
        assert np.mean(turning_point_rate(weight)) == pytest.approx(expected, abs=0.01)


class TestMomentum:
    @pytest.mark.parametrize(("momentum", "contraction"), [(0.9, 0.1), (0.5, 1.0), (0.9, 3.0)])
    def test_g3_stationary_variance(self, momentum: float, contraction: float) -> None:
        rate = contraction / CURVATURE
        heavy_ball = optimizer("SGD", learning_rate=rate, momentum=momentum)
        expected = (1 + momentum) * rate * NOISE_SD**2
        expected /= BATCH * (1 - momentum) * CURVATURE * (2 * (1 + momentum) - contraction)
        assert variance(train(heavy_ball, steps=350, discarded=250)) == pytest.approx(expected, rel=0.015)


class TestAdam:
    """Noise-dominated: the preconditioner is the noise itself, so the variance goes with 1 / sqrt(batch size)."""

    RATE = 0.002

    @staticmethod
    @functools.cache
    def variance(batch_size: int) -> float:
        adam = optimizer("Adam", learning_rate=TestAdam.RATE)
        parameters = {"curvature": 1.0, "noise_sd": 1.0, "batch_size": batch_size}
        return variance(train(adam, chains=8000, steps=1500, discarded=1000, **parameters))

    @pytest.mark.parametrize("batch_size", [8, 256])
    def test_g8_stationary_variance(self, batch_size: int) -> None:
        ratio = self.variance(batch_size) / (self.RATE / (2 * math.sqrt(batch_size)))
        assert 0.94 < ratio < 1.03

    def test_a_32_fold_batch_helps_far_less_than_under_sgd(self) -> None:
        small, large = (
            variance(train(optimizer("SGD", learning_rate=0.1), batch_size=size, steps=150, discarded=100))
            for size in (8, 256)
        )
        assert small / large == pytest.approx(32, rel=0.015)
        assert self.variance(8) / self.variance(256) == pytest.approx(math.sqrt(32), rel=0.06)


def test_without_noise_the_distance_shrinks_by_the_contraction() -> None:
    sgd = optimizer("SGD", learning_rate=0.25)
    curves = train(sgd, chains=2, steps=12, noise_sd=0.0, start=3.0)
    expected = 3 * 0.5 ** np.arange(1, 13)
    assert curves["weight"].tolist() == [expected.tolist()] * 2
    assert curves["loss"] == pytest.approx(CURVATURE * np.stack([expected, expected]) ** 2 / 2)


def test_a_replicate_is_the_same_in_any_company() -> None:
    from generator.training.quadratic import noisy_quadratic

    parameters = {"optimizer": optimizer("Adam", learning_rate=0.1), "steps": 20}
    together = noisy_quadratic(parameters, [3, 7, 11])["weight"]
    alone = noisy_quadratic({**parameters, "discarded": 5}, [7])["weight"]
    assert np.array_equal(alone[0], together[1, 5:])
    assert not np.array_equal(together[0], together[1])


def test_refuses_to_discard_every_step() -> None:
    from generator.errors import GeneratorError

    with pytest.raises(GeneratorError, match="expected fewer than 10 steps discarded, found 10"):
        train(optimizer("SGD"), chains=1, steps=10, discarded=10)


def test_what_it_was_asked_stays_as_it_was() -> None:
    """Keras adds to the configuration of an optimiser that it reads, and a task's key is made of it."""
    asked = optimizer("SGD", learning_rate=0.1)
    train(asked, chains=1, steps=2)
    assert asked == optimizer("SGD", learning_rate=0.1)
