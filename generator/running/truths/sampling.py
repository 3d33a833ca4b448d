"""What the choice of examples alone does: orders of an epoch, batches, finite test sets (G5, G6, G14, G17)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from generator.stats.roughness import between_replicate_sd
from generator.training.datasets import random_labels
from generator.training.orders import DRAWN
from generator.training.streams import Stream, generator


def epoch_ends(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """Descent on a quadratic of curvature 1 whose gradient's noise is that of the examples of each batch.

    The noise of the `examples` has mean 0 and variance 1 (divisor n - 1); `chains` weights a replicate see them in
    orders of their own. Returned are the `variance` of the weight where epochs end, once the start is forgotten, and
    the largest `change` from one such end to the next.
    """
    ends = np.stack([_ends(parameters, replicate) for replicate in replicates])
    settled = ends[:, ends.shape[1] // 2 :]
    return {
        "variance": np.mean(settled**2, axis=(1, 2))[:, None],
        "change": np.max(np.abs(np.diff(settled, axis=1)), axis=(1, 2))[:, None],
    }


def _ends(parameters: Mapping[str, Any], replicate: int) -> np.ndarray:
    """Weights at the ends of epochs, shape (epochs, chains)."""
    chains, epochs, count = parameters["chains"], parameters["epochs"], parameters["examples"]
    noise = _standardised(generator(Stream.NOISE, replicate).standard_normal(count))
    order = np.stack([DRAWN[parameters["order"]](replicate * chains + i, count, epochs) for i in range(chains)])
    steps = noise[order].reshape(chains, epochs, -1, parameters["batch_size"]).mean(axis=-1)
    return _descended(steps, parameters["learning_rate"])


def _descended(gradient_noise: np.ndarray, rate: float) -> np.ndarray:
    weight = np.zeros(len(gradient_noise))
    ends = []
    for epoch in gradient_noise.swapaxes(0, 1):
        for noise in epoch.T:
            weight = weight - rate * (weight + noise)
        ends.append(weight)
    return np.stack(ends)


def _standardised(values: np.ndarray) -> np.ndarray:
    return np.asarray((values - values.mean()) / values.std(ddof=1))


def batch_gradients(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """Squared distance of batch means from the mean of all, by the trace of S / B (1 - B / N): `ratio`, one point.

    The vectors are skewed, so that nothing rests on normal gradients.
    """
    return {"ratio": np.array([[_covariance_ratio(parameters, replicate)] for replicate in replicates])}


def _covariance_ratio(parameters: Mapping[str, Any], replicate: int) -> float:
    count, size = parameters["examples"], parameters["batch_size"]
    gradients = generator(Stream.NOISE, replicate).standard_exponential((count, parameters["dimensions"]))
    order = DRAWN["reshuffled"](replicate, count, parameters["epochs"]).reshape(-1, size)
    distance = np.sum((gradients[order].mean(axis=1) - gradients.mean(axis=0)) ** 2, axis=1)
    expected = np.sum(gradients.var(axis=0, ddof=1)) / size * (1 - size / count)
    return float(np.mean(distance) / expected)


def accuracy_of_coins(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """Accuracy on a finite test set of a predictor that answers by chance, with another chance for each example.

    Variance between `draws`, by the sum of p (1 - p) / n^2 (`ratio`), and by error / (2 n), which holds where the
    chances are calibrated (`calibrated_ratio`; Jordan 2023, arXiv 2304.01910).
    """
    rows = [_coin_ratios(generator(Stream.NOISE, replicate), parameters) for replicate in replicates]
    return {name: np.array([[row[name]] for row in rows]) for name in rows[0]}


def _coin_ratios(rng: np.random.Generator, parameters: Mapping[str, Any]) -> dict[str, float]:
    count = parameters["examples"]
    chance = rng.random(count, dtype=np.float32)
    labels = rng.random(count, dtype=np.float32) < chance
    answers = rng.random((parameters["draws"], count), dtype=np.float32) < chance
    accuracy = np.mean(answers == labels, axis=1)
    variance = float(between_replicate_sd(accuracy[:, None])[0] ** 2)
    expected = float(np.sum(chance * (1 - chance))) / count**2
    return {"ratio": variance / expected, "calibrated_ratio": variance / ((1 - accuracy.mean()) / (2 * count))}


def guessed_accuracy(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """Standard deviation of the accuracy of a constant guess on random labels, over `sets` data sets a replicate."""
    sets, count = parameters["sets"], parameters["examples"]
    numbers = [replicate * sets + i for replicate in replicates for i in range(sets)]
    labels = random_labels(numbers, train=count, test=0, features=1).y.reshape(len(replicates), sets, count)
    accuracy = labels.mean(axis=2, dtype=np.float64)
    return {"accuracy_sd": np.sqrt(np.mean((accuracy - 0.5) ** 2, axis=1))[:, None]}
