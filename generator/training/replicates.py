"""The replicate trainer: one XLA program that trains many copies of a Keras model at once.

The model's `stateless_call` and its gradient are vectorised over a leading replicate axis; one `optimizer.apply` acts
on the stacked variables. Optimisers are elementwise, so replicates never meet. Learning rate, regulariser strengths,
data and orders are run-time values: conditions that differ only in them share a compiled program.
"""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from generator.errors import GeneratorError

logger = logging.getLogger(__name__)

#: Optimisers that act on each number alone. The others (Muon, Lamb, Adafactor ...) would mix replicates.
ELEMENTWISE = ("SGD", "RMSprop", "Adam", "AdamW", "Adamax", "Nadam", "Adagrad", "Adadelta", "Ftrl", "Lion")

#: Layers that treat the examples of a batch one by one, so that a short last batch may be padded.
_EXAMPLEWISE = (
    keras.layers.InputLayer,
    keras.layers.Dense,
    keras.layers.Activation,
    keras.layers.ReLU,
    keras.layers.LeakyReLU,
    keras.layers.Flatten,
    keras.layers.Reshape,
    keras.layers.Rescaling,
    keras.layers.Conv1D,
    keras.layers.Conv2D,
    keras.layers.LayerNormalization,
)

#: Regularisers whose strength becomes a run-time value.
_STRENGTHS = ("l1", "l2")


class Tier(Enum):
    """How a program runs, the fastest first; the first that works is used, and said."""

    VECTORISED = "vectorised over replicates and compiled by XLA"
    LOOPED = "compiled by XLA, with some operations looping over replicates"
    UNCOMPILED = "not compiled: XLA refuses an operation of this model"


@dataclass(frozen=True, kw_only=True)
class Steps:
    """What one epoch's steps leave, each float array of shape (replicates, steps)."""

    data_loss: np.ndarray
    penalty: np.ndarray
    accuracy: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What an evaluation leaves: per-example losses and hits (replicates, examples), the rest (replicates,)."""

    data_loss: np.ndarray
    hit: np.ndarray
    penalty: np.ndarray
    kernel_norm: np.ndarray
    dead_units: np.ndarray | None


class _RunTimePenalty:
    """An L1 and L2 penalty whose strengths are variables; stands in for a Keras regulariser."""

    def __init__(self, regularizer: Any, dtype: str) -> None:
        self.strengths = {
            name: tf.Variable(getattr(regularizer, name), dtype=dtype, trainable=False)
            for name in _STRENGTHS
            if hasattr(regularizer, name)
        }

    def __call__(self, weights: Any) -> Any:
        terms = {"l1": lambda: tf.reduce_sum(tf.abs(weights)), "l2": lambda: tf.reduce_sum(tf.square(weights))}
        weights = tf.convert_to_tensor(weights)
        return tf.add_n([strength * terms[name]() for name, strength in self.strengths.items()])


class Program:
    """A model, optimiser and loss, compiled for a number of replicates; runs conditions one after the other.

    Parameters
    ----------
    model : built Keras model; its weights do not matter
    optimizer : Keras optimiser, elementwise
    loss : name of a Keras loss
    chunk : replicates trained at once; results depend on it in the last bits
    probes : extra curves ("dead_units")
    """

    def __init__(
        self, model: keras.Model, optimizer: keras.Optimizer, loss: str, chunk: int, probes: Sequence[str] = ()
    ) -> None:
        if type(optimizer).__name__ not in ELEMENTWISE:
            raise GeneratorError(
                f"expected an optimiser that acts on each weight alone ({', '.join(ELEMENTWISE)}), "
                f"found {type(optimizer).__name__}"
            )
        self.model, self.loss, self.chunk = model, _per_example(loss), chunk
        self.dtype = keras.config.floatx()
        self.probe = _relu_outputs(model) if "dead_units" in probes else None
        self.pads = all(isinstance(layer, _EXAMPLEWISE) for layer in _layers(model))
        self.optimizer, self._clip = _stacked_optimizer(optimizer)
        self.penalties = _make_strengths_variable(model, self.dtype)
        self.weights = [_stack_variable(v, chunk, trainable=True) for v in model.trainable_variables]
        self.state = [_stack_variable(v, chunk, trainable=False) for v in model.non_trainable_variables]
        self.optimizer.build(self.weights)
        self._fresh = [(v, v.numpy()) for v in self.optimizer.variables]
        self._tier = list(Tier)
        self._compiled: dict[tuple[Any, ...], Any] = {}

    @property
    def tier(self) -> Tier:
        """How the program runs; settled once the first epoch has run."""
        return self._tier[0]

    def start(self, initial: Sequence[np.ndarray], model: keras.Model, optimizer: keras.Optimizer) -> None:
        """Begin a condition: stacked initial variables, and the run-time values of its model and optimiser."""
        by_path = {v.path: value for v, value in zip(self.model.variables, initial, strict=True)}
        for originals, stacked in (
            (self.model.trainable_variables, self.weights),
            (self.model.non_trainable_variables, self.state),
        ):
            for original, variable in zip(originals, stacked, strict=True):
                variable.assign(by_path[original.path])
        for variable, value in self._fresh:
            variable.assign(value)
        for penalty, variable in zip(self.penalties, _penalised(model), strict=True):
            for name, strength in penalty.strengths.items():
                strength.assign(getattr(variable.regularizer, name))
        if not _has_schedule(optimizer):
            self.optimizer.learning_rate = float(optimizer.learning_rate.numpy())

    def epoch(self, x: Any, y: Any, order: np.ndarray, batch_size: int) -> Steps:
        """Train one epoch.

        `order` holds pool indices, int32 of shape (replicates, examples). The last batch is short where the batch size
        does not divide them, as in Keras.
        """
        whole, rest = divmod(order.shape[1], batch_size)
        pieces = []
        if self.pads and rest:
            padded = np.concatenate([order, np.repeat(order[:, -1:], batch_size - rest, axis=1)], axis=1)
            weight = np.ones((whole + 1, batch_size), self.dtype)
            weight[-1, rest:] = 0
            pieces.append(self._run(self._train, x, y, _cut(padded, batch_size), weight))
        else:
            if whole:
                body = _cut(order[:, : whole * batch_size], batch_size)
                pieces.append(self._run(self._train, x, y, body, np.ones((whole, batch_size), self.dtype)))
            if rest:
                tail = _cut(order[:, whole * batch_size :], rest)
                pieces.append(self._run(self._train, x, y, tail, np.ones((1, rest), self.dtype)))
        losses, penalties, accuracies = (np.concatenate([p[k].numpy() for p in pieces]).T for k in range(3))
        return Steps(data_loss=losses, penalty=penalties, accuracy=accuracies)

    def evaluate(self, x: Any, y: Any, chunks: np.ndarray, training_chunks: int) -> Evaluation:
        """Measure the current weights on pool indices of shape (chunks, replicates, examples a chunk)."""
        loss, hit, penalty, norm, dead = self._run(self._evaluate, x, y, chunks, np.int32(training_chunks))
        rows = (self.chunk, -1)
        return Evaluation(
            data_loss=np.moveaxis(loss.numpy(), 0, 1).reshape(rows),
            hit=np.moveaxis(hit.numpy(), 0, 1).reshape(rows),
            penalty=penalty.numpy(),
            kernel_norm=norm.numpy(),
            dead_units=None if self.probe is None else dead.numpy(),
        )

    def _run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function compiled, stepping down a tier where the model does not allow the current one."""
        tensors = [tf.convert_to_tensor(a) for a in arguments]
        key = (function.__name__, *(tuple(t.shape) for t in tensors))
        try:
            if key not in self._compiled:
                # Traced here and once: called directly, a tf.function traces a second time on its second call.
                compiled = tf.function(function, jit_compile=self.tier is not Tier.UNCOMPILED)
                self._compiled[key] = compiled.get_concrete_function(*tensors)
            return self._compiled[key](*tensors)
        except (ValueError, NotImplementedError, tf.errors.OpError) as error:
            if len(self._tier) == 1:
                raise
            failed = self._tier.pop(0)
            logger.warning("not %s: %s", failed.value, str(error).strip().splitlines()[-1].strip())
            self._compiled.clear()
            return self._run(function, *arguments)

    def _over_replicates(self, function: Callable[..., Any], arguments: Any) -> Any:
        return tf.vectorized_map(function, arguments, fallback_to_while_loop=self.tier is not Tier.VECTORISED)

    def _train(self, x: Any, y: Any, order: Any, weight: Any) -> Any:
        """All steps of one epoch; `order` (steps, replicates, batch), `weight` (steps, batch)."""
        shape = (order.shape[0], self.chunk)
        losses, penalties, accuracies = (tf.zeros(shape, self.dtype) for _ in range(3))
        for i in tf.range(order.shape[0]):
            weights = tf.broadcast_to(weight[i], (self.chunk, order.shape[2]))
            arguments = (
                [v.value for v in self.weights], [v.value for v in self.state], tf.gather(x, order[i]),
                tf.gather(y, order[i]), weights,
            )  # fmt: skip
            gradients, state, loss, penalty, accuracy = self._over_replicates(self._gradient, arguments)
            self.optimizer.apply(gradients, self.weights)
            for variable, value in zip(self.state, state, strict=True):
                variable.assign(value)
            at = [[i]]
            losses = tf.tensor_scatter_nd_update(losses, at, [loss])
            penalties = tf.tensor_scatter_nd_update(penalties, at, [penalty])
            accuracies = tf.tensor_scatter_nd_update(accuracies, at, [accuracy])
        return losses, penalties, accuracies

    def _gradient(self, arguments: Any) -> Any:
        """Gradient and step values of one replicate, before its step."""
        weights, state, x, y, example_weight = arguments
        with tf.GradientTape() as tape:
            tape.watch(weights)
            output, new_state, penalties = self.model.stateless_call(
                weights, state, x, training=True, return_losses=True
            )
            total = tf.reduce_sum(example_weight)
            loss = tf.reduce_sum(self.loss(y, output) * example_weight) / total
            penalty = tf.add_n(penalties) if penalties else tf.zeros((), self.dtype)
            objective = loss + penalty
        gradients = self._clip(tape.gradient(objective, weights))
        accuracy = tf.reduce_sum(_hits(y, output, self.dtype) * example_weight) / total
        return gradients, new_state, loss, penalty, accuracy

    def _evaluate(self, x: Any, y: Any, chunks: Any, training_chunks: Any) -> Any:
        shape = chunks.shape
        loss, hit = tf.zeros(shape, self.dtype), tf.zeros(shape, self.dtype)
        highest = [] if self.probe is None else [
            tf.fill((self.chunk, output.shape[-1]), tf.constant(-np.inf, self.dtype)) for output in self.probe.outputs[1:]
        ]  # fmt: skip
        for i in tf.range(shape[0]):
            arguments = (
                [v.value for v in self.weights], [v.value for v in self.state], tf.gather(x, chunks[i]), tf.gather(y, chunks[i])
            )  # fmt: skip
            chunk_loss, chunk_hit, tops = self._over_replicates(self._forward, arguments)
            loss = tf.tensor_scatter_nd_update(loss, [[i]], [chunk_loss])
            hit = tf.tensor_scatter_nd_update(hit, [[i]], [chunk_hit])
            counts = i < training_chunks
            highest = [tf.where(counts, tf.maximum(a, b), a) for a, b in zip(highest, tops, strict=True)]
        penalty = self._over_replicates(self._penalty, [v.value for v in self.weights])
        squares = [
            tf.reduce_sum(tf.square(tf.reshape(v.value, (self.chunk, -1))), axis=1)
            for v in self.weights
            if len(v.shape) > 2
        ]
        norm = tf.sqrt(tf.add_n(squares)) if squares else tf.zeros((self.chunk,), self.dtype)
        dead = [tf.cast(top <= 0, self.dtype) for top in highest]
        share = tf.reduce_mean(tf.concat(dead, axis=1), axis=1) if dead else tf.zeros((self.chunk,), self.dtype)
        return loss, hit, penalty, norm, share

    def _forward(self, arguments: Any) -> Any:
        """Per-example loss and hits of one replicate, and each hidden unit's highest output."""
        weights, state, x, y = arguments
        outputs, _ = (self.probe or self.model).stateless_call(weights, state, x, training=False)
        output, *hidden = outputs if self.probe else [outputs]
        tops = [tf.reduce_max(tf.reshape(h, (-1, h.shape[-1])), axis=0) for h in hidden]
        return self.loss(y, output), _hits(y, output, self.dtype), tops

    def _penalty(self, weights: Any) -> Any:
        terms = [
            penalty(w)
            for w, penalty in zip(weights, (v.regularizer for v in self.model.trainable_variables), strict=True)
            if penalty is not None
        ]
        return tf.add_n(terms) if terms else tf.zeros((), self.dtype)


def signature(model: keras.Model, optimizer: keras.Optimizer, loss: str, chunk: int, probes: Sequence[str]) -> str:
    """What a program is compiled for: everything of its model and optimiser but the run-time values."""
    try:
        text = model.to_json()
    except NotImplementedError:
        return f"unnamed {id(model)}"
    for position, layer in enumerate([model, *_layers(model)]):
        text = text.replace(f'"{layer.name}"', f'"layer {position}"')
    config = {**optimizer.get_config(), "name": None}
    if not _has_schedule(optimizer):
        config["learning_rate"] = None
    structure = _without_strengths(json.loads(text))
    return json.dumps(
        [structure, type(optimizer).__name__, config, loss, chunk, list(probes), keras.config.floatx()],
        sort_keys=True,
        default=str,
    )


def _without_strengths(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: None if k in _STRENGTHS else _without_strengths(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_without_strengths(item) for item in value]
    return value


def _cut(order: np.ndarray, batch_size: int) -> np.ndarray:
    """Orders (replicates, examples) as steps (steps, replicates, batch)."""
    return np.ascontiguousarray(order.reshape(len(order), -1, batch_size).swapaxes(0, 1))


def _layers(model: keras.Model) -> list[keras.Layer]:
    return [layer for layer in model._flatten_layers(include_self=False) if not isinstance(layer, keras.Model)]


def _has_schedule(optimizer: keras.Optimizer) -> bool:
    return isinstance(optimizer._learning_rate, keras.optimizers.schedules.LearningRateSchedule)


def _penalised(model: keras.Model) -> list[keras.Variable]:
    kinds = (keras.regularizers.L1, keras.regularizers.L2, keras.regularizers.L1L2, _RunTimePenalty)
    return [v for v in model.trainable_variables if isinstance(v.regularizer, kinds)]


def _make_strengths_variable(model: keras.Model, dtype: str) -> list[_RunTimePenalty]:
    """Replace each regulariser by one whose strength is a variable.

    Once a model is built Keras reads `variable.regularizer`; setting the layer's attribute would silently do nothing.
    """
    penalties = []
    for variable in _penalised(model):
        variable.regularizer = _RunTimePenalty(variable.regularizer, dtype)
        penalties.append(variable.regularizer)
    return penalties


def _stack_variable(variable: keras.Variable, chunk: int, *, trainable: bool) -> keras.Variable:
    return keras.Variable(
        np.zeros((chunk, *variable.shape), variable.dtype), dtype=variable.dtype, trainable=trainable, name=variable.name
    )


def _stacked_optimizer(optimizer: keras.Optimizer) -> tuple[keras.Optimizer, Callable[[Any], Any]]:
    """A copy for the stacked variables, and the clipping that must be done within each replicate."""
    config = optimizer.get_config()
    clips_norm = bool(config.get("clipnorm") or config.get("global_clipnorm"))
    stacked = type(optimizer).from_config({**config, "clipnorm": None, "global_clipnorm": None})
    return stacked, optimizer._clip_gradients if clips_norm else lambda gradients: gradients


def _relu_outputs(model: keras.Model) -> keras.Model:
    """The model with the outputs of its ReLU layers added."""
    hidden = [
        layer.output
        for layer in _layers(model)
        if isinstance(layer, keras.layers.ReLU) or getattr(layer, "activation", None) is keras.activations.relu
    ]
    if not hidden:
        raise GeneratorError("expected a model with ReLU units for the probe 'dead_units', found none")
    probe = keras.Model(model.inputs, [model.output, *hidden])
    if [v.path for v in probe.trainable_variables] != [v.path for v in model.trainable_variables]:
        raise GeneratorError("expected a sequential or functional model for the probe 'dead_units'")
    return probe


def _per_example(loss: str) -> Callable[[Any, Any], Any]:
    """The loss of each example, before any mean."""
    found = keras.losses.get(loss)
    return found.call if isinstance(found, keras.losses.Loss) else found


def _hits(target: Any, output: Any, dtype: str) -> Any:
    """1 where the prediction is right, as Keras' metric `"accuracy"` decides for this output; shape (examples,)."""
    if output.shape[-1] == 1:
        hits = keras.metrics.binary_accuracy(target, output)
    elif len(target.shape) < len(output.shape):
        hits = keras.metrics.sparse_categorical_accuracy(target, output)
    else:
        hits = keras.metrics.categorical_accuracy(target, output)
    return tf.cast(tf.reshape(hits, tf.shape(output)[:1]), dtype)
