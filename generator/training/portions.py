"""How many examples are computed at once.

A large batch's activations are far out of every cache, and the last bits of a large product depend on the number of
threads, on the caches and on the instruction set: Eigen cuts it up by them.
"""

import math

import keras

#: Examples at once, at most.
MOST = 256

#: Multiplications of one product, at most. Somewhat above, Eigen hands parts of it to other threads.
PRODUCT = 2**20

#: Examples at once in the widest layers: a training step's own products are as large there.
LEAST = 64


def examples_at_once(model: keras.Model) -> int:
    """As many examples as their product with the model's largest kernel allows."""
    kernels = (v for v in model.trainable_variables if v.path.endswith("kernel") and len(v.shape) == 2)
    largest = max((math.prod(kernel.shape) for kernel in kernels), default=1)
    return max(LEAST, min(MOST, PRODUCT // largest))
