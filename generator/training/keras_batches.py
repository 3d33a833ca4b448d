"""Which examples Keras itself puts into each batch, recorded while `fit` trains."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from generator.training.datasets import Examples
from generator.training.streams import Stream, layer_seed
from generator.training.trainer import Training


class BatchRecorder(keras.Model):  # type: ignore[misc]  # Keras has no types
    """A model trained by Keras' own `fit` on pool indices: each step notes its indices, then trains on the examples."""

    def __init__(self, model: keras.Model, examples: Examples) -> None:
        super().__init__()
        self.model = model
        self.pool = tf.constant(examples.x), tf.constant(examples.y)
        self.batches: list[np.ndarray] = []

    def call(self, x: Any, training: bool = False) -> Any:
        """The output of the model that is trained."""
        return self.model(x, training=training)

    def train_step(self, data: Any) -> Any:
        """Note which examples the batch holds, and train on them."""
        index, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        tf.numpy_function(lambda batch: self.batches.append(batch.copy()), [index], [], stateful=True)
        x, y = (tf.gather(values, index) for values in self.pool)
        return super().train_step((x, y))

    def record(self, index: np.ndarray, training: Training, seed: int) -> list[np.ndarray]:
        """The batches of one `fit` on these pool indices, in the order in which they were trained on."""
        self.batches.clear()
        tf.random.set_seed(seed)
        self.fit(index, batch_size=training.batch_size, epochs=training.epochs, shuffle=True, verbose=0)
        return list(self.batches)


def fitted_batches(training: Training, replicates: list[int]) -> list[list[np.ndarray]]:
    """For each replicate, the pool indices in every batch of `fit(shuffle=True)`, epoch after epoch.

    One model goes through all replicates: what it has learned before does not touch the order of the examples.
    """
    examples = training.data(replicates)
    recorder = BatchRecorder(training.model(), examples)
    recorder.compile(optimizer=training.make_optimizer(), loss=training.loss, jit_compile=False)
    return [
        recorder.record(index, training, layer_seed(Stream.ORDER, replicate, 0))
        for index, replicate in zip(examples.train, replicates, strict=True)
    ]
