"""Regularisers whose strengths are run-time values, so that conditions that differ in them share a program."""

from typing import Any

import keras
import tensorflow as tf

from generator.training.signature import STRENGTHS


class RunTimePenalty:
    """An L1 and L2 penalty whose strengths are variables; stands in for a Keras regulariser."""

    def __init__(self, regularizer: keras.regularizers.Regularizer, dtype: str) -> None:
        names = STRENGTHS[type(regularizer).__name__]
        self.strengths = {name: tf.Variable(0, dtype=dtype, trainable=False) for name in names}
        self.assign(regularizer)

    def assign(self, regularizer: keras.regularizers.Regularizer) -> None:
        """Take over the strengths of a Keras regulariser, rounded as Keras rounds them (to float32, always)."""
        for name, strength in self.strengths.items():
            strength.assign(keras.ops.cast(getattr(regularizer, name), strength.dtype.name))

    def __call__(self, weights: Any) -> Any:
        """The penalty of one replicate's weights."""
        terms = {"l1": lambda: tf.reduce_sum(tf.abs(weights)), "l2": lambda: tf.reduce_sum(tf.square(weights))}
        weights = tf.convert_to_tensor(weights)
        return tf.add_n([strength * terms[name]() for name, strength in self.strengths.items()])


def penalised(model: keras.Model) -> list[keras.Variable]:
    """Variables with a regulariser whose strength can be a run-time value."""
    kinds = {name: getattr(keras.regularizers, name) for name in STRENGTHS}
    return [v for v in model.trainable_variables if type(v.regularizer) in kinds.values()]


def make_strengths_variable(model: keras.Model, dtype: str) -> list[RunTimePenalty]:
    """Replace each regulariser by one whose strength is a variable.

    Once a model is built Keras reads `variable.regularizer`; setting the layer's attribute would silently do nothing.
    """
    penalties = []
    for variable in penalised(model):
        variable.regularizer = RunTimePenalty(variable.regularizer, dtype)
        penalties.append(variable.regularizer)
    return penalties
