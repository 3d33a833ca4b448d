"""The loss of a model as a function of one vector: all its trainable weights, end to end, for many replicates at once.

Every array has the replicates first: `theta` is (replicates, parameters), `x` and `y` are (replicates, examples, ...).
Each function is traced and compiled once for the shapes it meets.
"""

import itertools
from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf

from generator.training.losses import per_example
from generator.training.portions import examples_at_once
from generator.training.signature import signature
from generator.training.stages import COMPILING, stage

if TYPE_CHECKING:
    from generator.training.trainer import Training

_surfaces: dict[Hashable, "Surface"] = {}


class Surface:
    """Loss, gradients and curvature of a model at given weights.

    The loss is the mean over the examples, with the model's penalties, as in a training step; parts of the model that
    behave differently in training do as in evaluation.
    """

    def __init__(self, model: keras.Model, loss: str) -> None:
        self.model, self._per_example = model, per_example(loss)
        self._shapes = [tuple(v.shape) for v in model.trainable_variables]
        self._sizes = [int(np.prod(shape)) for shape in self._shapes]
        self._at_once = examples_at_once(model)
        self._compiled: dict[Hashable, Any] = {}

    @property
    def parameters(self) -> int:
        """How many trainable weights there are."""
        return sum(self._sizes)

    def flat(self, weights: Sequence[Any]) -> np.ndarray:
        """Stacked values of `model.trainable_variables` as vectors, shape (replicates, parameters)."""
        return np.concatenate([np.asarray(w).reshape(len(w), -1) for w in weights], axis=1)

    def loss(self, theta: np.ndarray, x: Any, y: Any) -> np.ndarray:
        """The mean loss of the examples, shape (replicates,)."""
        return self._mean(self.value, (theta,), x, y, name="loss")

    def output(self, theta: np.ndarray, x: Any) -> np.ndarray:
        """The model's outputs, shape (replicates, examples, outputs)."""
        return np.asarray(self.run(lambda *each: over_replicates(self.outputs, *each), theta, x, name="output"))

    def gradient(self, theta: np.ndarray, x: Any, y: Any) -> np.ndarray:
        """The gradient of the mean loss, shape (replicates, parameters)."""
        return self._mean(self.slope, (theta,), x, y, name="gradient")

    def hessian_product(self, theta: np.ndarray, vector: np.ndarray, x: Any, y: Any) -> np.ndarray:
        """The Hessian of the mean loss times a vector for each replicate, shape (replicates, parameters).

        The gradient of (gradient times vector), so the Hessian is never formed (Pearlmutter 1994).
        """
        return self._mean(self._bend, (theta, vector), x, y, name="product")

    def _mean(
        self, function: Callable[..., Any], vectors: Sequence[np.ndarray], x: np.ndarray, y: np.ndarray, *, name: str
    ) -> np.ndarray:
        """The mean over parts of the examples of what is itself a mean over examples, in double precision."""
        examples, total = x.shape[1], 0.0
        for part in self.parts(examples):
            found = self.run(
                lambda *each: over_replicates(function, *each), *vectors, x[:, part], y[:, part], name=name
            )
            total = total + (part.stop - part.start) / examples * found.astype(np.float64)
        return np.asarray(total, dtype=vectors[0].dtype)

    def parts(self, examples: int) -> list[slice]:
        """Where to cut so many examples into as few parts of about one size as may be computed at once."""
        ends = np.linspace(0, examples, -(-examples // self._at_once) + 1).astype(int).tolist()
        return [slice(start, stop) for start, stop in itertools.pairwise(ends)]

    def run(self, function: Callable[..., Any], *arguments: Any, name: str) -> Any:
        """Call a function of tensors compiled, as arrays; `name` tells functions of the same arguments apart."""
        tensors = [tf.convert_to_tensor(argument) for argument in arguments]
        key = (name, *((t.dtype, tuple(t.shape)) for t in tensors))
        if key not in self._compiled:
            with stage(COMPILING):
                compiled = tf.function(function, autograph=False, jit_compile=True)
                self._compiled[key] = compiled.get_concrete_function(*tensors)
                return _arrays(self._compiled[key](*tensors))
        return _arrays(self._compiled[key](*tensors))

    def value(self, theta: Any, x: Any, y: Any) -> Any:
        """The loss of one replicate, as a tensor."""
        output, penalties = self._call(theta, x)
        return tf.reduce_mean(self._per_example(y, output)) + sum(penalties)

    def slope(self, theta: Any, x: Any, y: Any) -> Any:
        """The gradient of one replicate, as a tensor."""
        with tf.GradientTape() as tape:
            tape.watch(theta)
            value = self.value(theta, x, y)
        return tape.gradient(value, theta)

    def _bend(self, theta: Any, vector: Any, x: Any, y: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(theta)
            along = tf.reduce_sum(self.slope(theta, x, y) * vector)
        return tape.gradient(along, theta)

    def outputs(self, theta: Any, x: Any) -> Any:
        """The outputs of one replicate, as a tensor."""
        return self._call(theta, x)[0]

    def _call(self, theta: Any, x: Any) -> tuple[Any, list[Any]]:
        pieces = zip(tf.split(theta, self._sizes), self._shapes, strict=True)
        weights = [tf.reshape(piece, shape) for piece, shape in pieces]
        state = [v.value for v in self.model.non_trainable_variables]
        output, _, penalties = self.model.stateless_call(weights, state, x, training=False, return_losses=True)
        return output, penalties


def _arrays(tensors: Any) -> Any:
    return tf.nest.map_structure(lambda tensor: tensor.numpy(), tensors)


def over_replicates(function: Callable[..., Any], *arguments: Any) -> Any:
    """A function of one replicate's tensors, vectorised over the first axis of each."""
    return tf.vectorized_map(lambda each: function(*each), arguments, fallback_to_while_loop=False)


def surface_of(training: "Training") -> Surface:
    """The surface that a training run moves on; runs that differ in numbers only share it within a process."""
    model = training.model()
    key = signature(training.model, model, training.make_optimizer(), training.loss, 0, ())
    return _surfaces.setdefault(key, Surface(model, training.loss))
