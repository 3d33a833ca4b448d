"""A problem whose answer is known: noisy descent on a quadratic, through a real Keras optimiser.

The loss is L = curvature * w^2 / 2 of a single weight w, its gradient is seen with normal noise of variance
noise_sd^2 / batch_size, and every replicate is one weight of a vector that the optimiser updates elementwise. What
stationary variance, memory and turning rate must come out follows from the optimiser's own formula.
"""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from generator.errors import GeneratorError
from generator.training.stages import COMPILING, stage
from generator.training.streams import Stream, generator


def noisy_quadratic(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """Train every replicate and return its `weight` and exact `loss` after each step kept: (replicates, points).

    `optimizer` is what `keras.optimizers.serialize` writes; `steps` are taken and the first `discarded` not returned.
    `curvature`, `noise_sd`, `batch_size` and the weight to `start` from are 1, 1, 1 and 0 unless given. All float32.
    """
    steps, discarded = parameters["steps"], parameters.get("discarded", 0)
    if not 0 <= discarded < steps:
        raise GeneratorError(f"expected fewer than {steps} steps discarded, found {discarded}")
    curvature = parameters.get("curvature", 1.0)
    sd = parameters.get("noise_sd", 1.0) / np.sqrt(parameters.get("batch_size", 1))
    weights = _descend(
        # Keras writes into the mapping that it reads.
        keras.optimizers.get(copy.deepcopy(parameters["optimizer"])),
        curvature,
        start=np.full(len(replicates), parameters.get("start", 0.0), np.float32),
        noise=np.float32(sd) * _standard_noise(replicates, steps),
    )[:, discarded:]
    return {"weight": weights, "loss": np.float32(curvature) * weights**2 / 2}


def _standard_noise(replicates: Sequence[int], steps: int) -> np.ndarray:
    """Standard normal numbers, (replicates, steps): which examples a batch holds is what makes a gradient noisy."""
    draws = (generator(Stream.ORDER, replicate).standard_normal(steps, np.float32) for replicate in replicates)
    return np.stack(list(draws))


def _descend(optimizer: keras.Optimizer, curvature: float, start: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """The weights after each step, (replicates, steps), in one compiled loop."""
    weight = keras.Variable(start)
    optimizer.build([weight])

    def descend(noise: tf.Tensor) -> tf.Tensor:
        path = tf.TensorArray(tf.float32, size=noise.shape[0], element_shape=start.shape)
        for step in tf.range(noise.shape[0]):
            optimizer.apply([curvature * weight.value + noise[step]], [weight])
            path = path.write(step, weight.value)
        return path.stack()

    drawn = tf.constant(noise.T)
    with stage(COMPILING):
        path: np.ndarray = tf.function(descend, jit_compile=True).get_concrete_function(drawn)(drawn).numpy().T
    return path
