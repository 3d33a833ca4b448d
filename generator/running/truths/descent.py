"""Keras' optimisers on a noisy quadratic: variance, memory, energy and stability (G1 to G4, G8 to G11)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from generator.running.importing import quick_import
from generator.stats.roughness import turning_point_rate

#: Weights of equal curvature whose losses add up to one.
DIMENSIONS = 10


def stationary(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """Noise about the minimum, `chains` weights a replicate, of which `noisy_quadratic` trains each.

    One point each: `variance` of the weights, their mean `loss`, `memory` (lag-1 correlation), `turning_rate`,
    `dissipation` (the two sides of Yaida 2018, arXiv 1810.00004, their ratio), and `loss_spread`: standard deviation by
    mean of a loss that sums over `DIMENSIONS` weights.
    """
    chains = parameters["chains"]
    curves = _descend(parameters, [replicate * chains + i for replicate in replicates for i in range(chains)])
    weight, loss = (curves[name].astype(np.float64).reshape(len(replicates), chains, -1) for name in ("weight", "loss"))
    measured = {
        "variance": np.mean(weight**2, axis=(1, 2)),
        "loss": np.mean(loss, axis=(1, 2)),
        "memory": np.mean(weight[..., 1:] * weight[..., :-1], axis=(1, 2)) / np.mean(weight**2, axis=(1, 2)),
        "turning_rate": np.mean(turning_point_rate(weight), axis=1),
        "dissipation": _dissipation(weight, parameters["curvature"], _learning_rate(parameters)),
        "loss_spread": _loss_spread(loss),
    }
    return {name: values[:, None] for name, values in measured.items()}


def _descend(parameters: Mapping[str, Any], chains: Sequence[int]) -> dict[str, np.ndarray]:
    with quick_import():
        from generator.training.quadratic import noisy_quadratic
    return noisy_quadratic(parameters, chains)


def _learning_rate(parameters: Mapping[str, Any]) -> float:
    return float(parameters["optimizer"]["config"]["learning_rate"])


def _dissipation(weight: np.ndarray, curvature: float, rate: float) -> np.ndarray:
    """Mean of weight times gradient, by half the learning rate times the mean squared gradient of the batches."""
    gradient = (weight[..., :-1] - weight[..., 1:]) / rate
    pull = curvature * np.mean(weight[..., :-1] ** 2, axis=(1, 2))
    return np.asarray(pull / (rate / 2 * np.mean(gradient**2, axis=(1, 2))))


def _loss_spread(loss: np.ndarray) -> np.ndarray:
    replicates, chains, points = loss.shape
    sums = loss.reshape(replicates, chains // DIMENSIONS, DIMENSIONS, points).sum(axis=2)
    return np.asarray(np.std(sums, axis=(1, 2)) / np.mean(sums, axis=(1, 2)))


def noiseless(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """Descent from 1 without noise.

    `growth` is the mean growth of the logarithm of the distance per step, `last_factor` by what the last step
    multiplied the distance, and `distance` what is left of it.
    """
    weight = _descend({**parameters, "noise_sd": 0.0, "start": 1.0}, replicates)["weight"].astype(np.float64)
    distance = np.abs(weight)
    growth = (np.log(distance[:, -1:]) - np.log(distance[:, :1])) / (distance.shape[1] - 1)
    return {"growth": growth, "last_factor": distance[:, -1:] / distance[:, -2:-1], "distance": distance[:, -1:]}
