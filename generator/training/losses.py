"""The loss and the hit of each single example, as Keras computes them, in operations that vectorise over replicates."""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from generator.errors import GeneratorError


def per_example(loss: str) -> Callable[[Any, Any], Any]:
    """The loss of each example, before any mean over examples."""
    try:
        found = keras.losses.get(loss)
    except ValueError:
        raise GeneratorError(f"expected the name of a Keras loss, found {loss!r}") from None
    function = found.call if isinstance(found, keras.losses.Loss) else found
    return lambda target, output: _example_means(function(_aligned(target, output), output))


def _aligned(target: Any, output: Any) -> Any:
    """Targets with the output's rank where that differs by a last axis of 1, as Keras aligns them."""
    return target[..., None] if len(target.shape) == len(output.shape) - 1 and output.shape[-1] == 1 else target


def _example_means(values: Any) -> Any:
    """Means over every axis but the first (the positions of a sequence)."""
    return tf.reduce_mean(tf.reshape(values, (tf.shape(values)[0], -1)), axis=1)


def hits(target: Any, output: Any, dtype: str) -> Any:
    """1 where the prediction is right, as Keras' metric `"accuracy"` decides for this output, shape (examples,)."""
    if output.shape[-1] == 1:
        return _example_means(keras.metrics.binary_accuracy(_aligned(target, output), output))
    # Keras' own argmax has an operation that cannot be vectorised over replicates.
    predicted = tf.argmax(output, axis=-1)
    is_class = len(target.shape) < len(output.shape) or target.shape[-1] == 1
    true = tf.reshape(target, tf.shape(predicted)) if is_class else tf.argmax(target, axis=-1)
    return _example_means(tf.cast(tf.cast(true, predicted.dtype) == predicted, dtype))
