"""Gradients of examples and batches at frozen weights: against Keras, plain numpy and closed forms (G6, G7)."""

from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.tensorflow

EXAMPLES, FEATURES = 40, 3


@pytest.fixture(scope="module")
def frozen() -> tuple[Any, np.ndarray, np.ndarray, np.ndarray]:
    """A small network with two replicates' weights and examples, in double precision."""
    from generator.training.models import dense_network
    from generator.training.surface import Surface
    from generator.training.trainer import precision

    rng = np.random.default_rng(1)
    with precision("float64"):
        surface = Surface(dense_network(features=FEATURES, hidden=4), "binary_crossentropy")
    theta = rng.normal(size=(2, surface.parameters))
    x, y = rng.normal(size=(2, EXAMPLES, FEATURES)), rng.integers(0, 2, (2, EXAMPLES, 1)).astype(np.float64)
    return surface, theta, x, y


def test_the_gradient_of_an_example_is_that_of_keras(frozen: Any) -> None:
    import tensorflow as tf

    from generator.training.gradients import example_gradients

    surface, theta, x, y = frozen
    found = example_gradients(surface, theta, x, y)
    assert found.shape == (2, EXAMPLES, surface.parameters)
    model = surface.model
    pieces = np.split(theta[1], np.cumsum([v.numpy().size for v in model.trainable_variables])[:-1])
    model.set_weights([p.reshape(v.shape) for p, v in zip(pieces, model.trainable_variables, strict=True)])
    with tf.GradientTape() as tape:
        output = model(x[1, 5:6])[0, 0]
        loss = -tf.math.log(output) if y[1, 5, 0] else -tf.math.log(1 - output)
    expected = tape.gradient(loss, [v.value for v in model.trainable_variables])
    assert found[1, 5] == pytest.approx(np.concatenate([g.numpy().ravel() for g in expected]), abs=1e-6)


def test_the_trace_is_that_of_the_sample_covariance(frozen: Any) -> None:
    from generator.training.gradients import covariance_trace, example_gradients

    expected = [np.trace(np.cov(gradients.T)) for gradients in example_gradients(*frozen)]
    assert covariance_trace(*frozen) == pytest.approx(expected)


def test_a_batch_is_compared_with_the_whole(frozen: Any) -> None:
    from generator.training.gradients import draw_batches, example_gradients

    surface, theta, x, y = frozen
    chosen = np.array([[[0, 3, 9], [2, 4, 5]], [[7, 8, 1], [6, 3, 2]]], dtype=np.int32)
    single, full = example_gradients(*frozen), surface.gradient(theta, x, y)
    found = draw_batches(surface, theta, x, y, chosen, full)
    for replicate in range(2):
        for draw in range(2):
            mean = single[replicate, chosen[replicate, draw]].mean(axis=0)
            whole = single[replicate].mean(axis=0)
            assert found.distance[replicate, draw] == pytest.approx(((mean - whole) ** 2).sum())
            assert found.along[replicate, draw] == pytest.approx(mean @ whole / (whole @ whole))


@pytest.mark.parametrize("batch_size", [1, 8, 32])
def test_g6_covariance_of_batches_without_replacement(frozen: Any, batch_size: int) -> None:
    from generator.training.gradients import batch_covariance_trace, covariance_trace, draw_batches

    surface, theta, x, y = frozen
    rng = np.random.default_rng(2)
    draws = np.tile(np.arange(EXAMPLES, dtype=np.int32), (2, 40_000, 1))
    chosen = rng.permuted(draws, axis=2)[..., :batch_size]
    found = draw_batches(surface, theta, x, y, chosen, surface.gradient(theta, x, y))
    expected = batch_covariance_trace(covariance_trace(*frozen), batch_size, EXAMPLES)
    assert found.distance.mean(axis=1) == pytest.approx(expected, rel=0.015)
    assert found.along.mean(axis=1) == pytest.approx(1, abs=0.05)


def test_g7_covariance_of_linear_regression() -> None:
    """Inputs of covariance A, noise s, weights off by d: A d d'A + (d'A d) A + s^2 A, times 4 for a whole square."""
    from generator.training.gradients import covariance_trace, example_gradients
    from generator.training.models import regression_network
    from generator.training.surface import Surface

    rng = np.random.default_rng(4)
    scales, offset, noise = np.array([1.0, 0.5, 2.0]), np.array([0.3, -1.0, 0.5]), 0.7
    x = (rng.standard_normal((1, 400_000, 3)) * scales).astype(np.float32)
    y = (noise * rng.standard_normal((1, 400_000, 1))).astype(np.float32)
    surface = Surface(regression_network(features=3, hidden=1, layers=0, outputs=1, bias=False), "mean_squared_error")
    theta = offset[None].astype(np.float32)
    a = np.diag(scales**2)
    expected = 4 * (a @ np.outer(offset, offset) @ a + (offset @ a @ offset) * a + noise**2 * a)
    found = np.cov(example_gradients(surface, theta, x, y)[0].T)
    assert np.linalg.norm(found - expected) < 0.011 * np.linalg.norm(expected)
    assert covariance_trace(surface, theta, x, y)[0] == pytest.approx(np.trace(expected), rel=0.011)


def test_the_noise_scale_is_a_ratio_of_means() -> None:
    """Batch gradients of mean 0.5 in each of 4 directions with variance 7 / B: 28 / 1; a mean of ratios is far off."""
    from generator.training.gradients import noise_scale

    rng = np.random.default_rng(6)
    small, large = (
        ((0.5 + np.sqrt(7 / size) * rng.standard_normal((200_000, 4))) ** 2).sum(axis=1) for size in (4, 32)
    )
    assert noise_scale(small, large, (4, 32)) == pytest.approx(28, rel=0.03)
    apart = [noise_scale(a, b, (4, 32)) for a, b in zip(small, large, strict=True)]
    assert not 20 < np.mean(apart) < 40
