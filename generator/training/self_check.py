"""Whether this process computes as records promise: looked at once, before anything is trained."""

import functools
import importlib
import os

import numpy as np
import tensorflow as tf

from generator.errors import GeneratorError
from generator.training import IMPORTED_TOO_EARLY

#: Products of 32 float32 numbers of size 1 are this close to exact ones, in units of the largest.
_TOLERANCE = 1e-5


@functools.cache
def require_sound_arithmetic() -> None:
    """Refuse a process whose settings have no effect or whose matrix products are wrong.

    Where numpy or TensorFlow was imported before its settings, a warning has said so and only the products are checked.
    """
    if not IMPORTED_TOO_EARLY:
        _require_features_off(_numpy_features())
    _require_exact(_products())


def _require_features_off(enabled: frozenset[str]) -> None:
    """Numpy ignores names that it does not know, and other versions know others."""
    asked = os.environ["NPY_DISABLE_CPU_FEATURES"].split()
    kept = sorted(enabled.intersection(asked))
    if kept:
        raise GeneratorError(f"expected numpy to leave the processor features {', '.join(asked)} alone, found {kept}")


def _numpy_features() -> frozenset[str]:
    # No public function tells the features in use.
    features = importlib.import_module("numpy._core._multiarray_umath").__cpu_features__
    return frozenset(name for name, used in features.items() if used)


def _products() -> tuple[np.ndarray, np.ndarray]:
    """Matrix products by TensorFlow in float32, and the same by numpy in float64."""
    a, b = (np.random.default_rng(seed).uniform(-1, 1, (4, 32, 32)).astype(np.float32) for seed in (1, 2))
    found = tf.function(tf.matmul, jit_compile=True, autograph=False)(tf.constant(a), tf.constant(b))
    return np.asarray(found, np.float64), np.einsum("bij,bjk->bik", a, b, dtype=np.float64)


def _require_exact(products: tuple[np.ndarray, np.ndarray]) -> None:
    found, expected = products
    error = np.abs(found - expected).max() / np.abs(expected).max()
    if not error < _TOLERANCE:
        raise GeneratorError(f"expected matrix products exact to {_TOLERANCE:g}, found an error of {error:g}")
