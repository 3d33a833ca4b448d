"""How large a learning rate gradient descent can bear at the initial weights."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from generator.running.conditions import training_of

#: Hessian products; the largest eigenvalue stands apart from the others, and twenty find it to many digits.
PRODUCTS = 20


def stable_rate(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """The rate above which gradient descent on all examples moves away: `stable_rate`, 2 over the largest curvature.

    It is taken at the initial weights; training may move to where the limit is lower or higher.
    """
    from generator.training.checkpoints import start_of
    from generator.training.curvature import extreme_eigenvalues
    from generator.training.streams import Stream, generator

    surface, theta, x, y = start_of(training_of(parameters["condition"]), replicates)
    random = np.stack([generator(Stream.MEASUREMENT, r).standard_normal(theta.shape[1]) for r in replicates])

    def product(vectors: np.ndarray) -> np.ndarray:
        return surface.hessian_product(theta, vectors.astype(theta.dtype), x, y)

    return {"stable_rate": 2 / extreme_eigenvalues(product, random, PRODUCTS).highest[:, None]}
