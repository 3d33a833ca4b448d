"""The replicate trainer: one XLA program that trains many copies of a Keras model at once.

The model's `stateless_call` and its gradient are vectorised over a leading replicate axis; one `optimizer.apply` acts
on the stacked variables. Optimisers are elementwise, so replicates never meet. Learning rate, weight decay,
regulariser strengths, data and orders are run-time values: conditions that differ only in them share a compiled
program.
"""

import contextlib
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from generator.errors import GeneratorError
from generator.training.losses import hits, per_example
from generator.training.penalties import make_strengths_variable, penalised
from generator.training.portions import examples_at_once
from generator.training.probes import relu_outputs
from generator.training.stages import COMPILING, stage
from generator.training.supported import clips, copy_of, decays, has_schedule

logger = logging.getLogger(__name__)

#: Layers that treat the examples of a batch one by one, so that a short last batch may be padded. A subclass might not.
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


#: What tracing raises where an operation cannot be vectorised (or the model cannot run at all).
_TRACING_REFUSALS = (ValueError, TypeError, NotImplementedError)

#: What running raises where XLA cannot compile an operation.
_COMPILING_REFUSALS = (tf.errors.InvalidArgumentError, tf.errors.NotFoundError, tf.errors.UnimplementedError)

#: How TensorFlow names the operation.
_REFUSED_OPERATION = re.compile(
    r"No pfor vectorization defined for (\w+)|of op '(\w+)' expected to be loop invariant|on XLA_CPU_JIT: (\w+)"
)


class Tier(Enum):
    """How a program runs, the fastest first; the first that works is used, and said.

    What cannot be vectorised may be looped over; what XLA cannot compile after that, it cannot compile looped either.
    """

    VECTORISED = "vectorised over replicates and compiled by XLA"
    LOOPED = "compiled by XLA, with some operations looping over replicates"
    UNCOMPILED = "not compiled by XLA"


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


class Program:
    """A model, optimiser and loss, compiled for a number of replicates; runs conditions one after the other.

    Parameters
    ----------
    model : built Keras model that `require_supported` accepts; its weights do not matter
    optimizer : Keras optimiser that it accepts
    loss : name of a Keras loss
    chunk : replicates trained at once; results depend on it in the last bits
    probes : extra curves ("dead_units")
    """

    def __init__(
        self, model: keras.Model, optimizer: keras.Optimizer, loss: str, chunk: int, probes: Sequence[str] = ()
    ) -> None:
        self.model, self.loss, self.chunk = model, per_example(loss), chunk
        self.dtype = keras.config.floatx()
        self.probe = relu_outputs(model) if "dead_units" in probes else None
        self.pads, self.at_once = _examplewise(model), examples_at_once(model)
        self.optimizer, self._clip = _stacked_optimizer(optimizer)
        self._is_linear = isinstance(optimizer, keras.optimizers.SGD) and not clips(optimizer)
        self.penalties = make_strengths_variable(model, self.dtype)
        self.weights = [_stack_variable(v, chunk, trainable=True) for v in model.trainable_variables]
        self.state = [_stack_variable(v, chunk, trainable=False) for v in model.non_trainable_variables]
        self.optimizer.build(self.weights)
        self._fresh = [(v, v.numpy()) for v in self.optimizer.variables]
        self.tier, self.announced = Tier.VECTORISED, False
        self._reason = ""
        self._compiled: dict[tuple[Any, ...], Any] = {}

    def start(self, initial: Sequence[np.ndarray], model: keras.Model, optimizer: keras.Optimizer) -> None:
        """Begin a condition: stacked initial variables, and the run-time values of its model and optimiser."""
        stacked = self._stacked_variables()
        for original, value in zip(self.model.variables, initial, strict=True):
            stacked[id(original)].assign(value)
        for variable, value in self._fresh:
            variable.assign(value)
        for penalty, variable in zip(self.penalties, penalised(model), strict=True):
            penalty.assign(variable.regularizer)
        if not has_schedule(optimizer):
            self.optimizer.learning_rate = float(optimizer.learning_rate.numpy())
        if decays(optimizer):
            self.optimizer.weight_decay.assign(keras.ops.cast(optimizer.weight_decay, self.dtype))

    def final_weights(self) -> list[np.ndarray]:
        """The current values of `model.weights` (trained ones and statistics), each of shape (replicates, ...)."""
        stacked = self._stacked_variables()
        return [stacked[id(original)].numpy() for original in self.model.weights]

    def announce(self) -> None:
        """Say once how the program runs, and why not faster."""
        if not self.announced:
            level = logging.INFO if self.tier is Tier.VECTORISED else logging.WARNING
            logger.log(level, "%s runs %s%s", self.model.name, self.tier.value, self._reason)
            self.announced = True

    def _stacked_variables(self) -> dict[int, keras.Variable]:
        """The stacked variable of each of the model's variables, by the latter's identity."""
        pairs = ((self.model.trainable_variables, self.weights), (self.model.non_trainable_variables, self.state))
        return {id(v): stacked for variables, stack in pairs for v, stacked in zip(variables, stack, strict=True)}

    def epoch(self, x: Any, y: Any, order: np.ndarray, batch_size: int, weight: np.ndarray | None = None) -> Steps:
        """Train one epoch.

        `order` holds pool indices, int32 of shape (replicates, examples). The last batch is short where the batch size
        does not divide them, as in Keras. `weight` (steps, replicates, batch size) weights the examples.
        """
        whole, rest = divmod(order.shape[1], batch_size)
        ones = np.ones((whole, 1, batch_size), self.dtype) if weight is None else weight.astype(self.dtype)
        pieces = []
        if self.pads and rest:
            padded = np.concatenate([order, np.repeat(order[:, -1:], batch_size - rest, axis=1)], axis=1)
            last = np.zeros((1, 1, batch_size), self.dtype)
            last[..., :rest] = 1
            pieces.append(self._run(self._train, x, y, _cut(padded, batch_size), np.concatenate([ones, last])))
        else:
            if whole:
                pieces.append(self._run(self._train, x, y, _cut(order[:, : whole * batch_size], batch_size), ones))
            if rest:
                tail = _cut(order[:, whole * batch_size :], rest)
                pieces.append(self._run(self._train, x, y, tail, np.ones((1, 1, rest), self.dtype)))
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
        key = (function.__name__, *((t.dtype, tuple(t.shape)) for t in tensors))
        try:
            if key not in self._compiled:
                with stage(COMPILING), _quiet():
                    return self._first_run(function, key, tensors)
            return self._compiled[key](*tensors)
        except GeneratorError as error:
            raise GeneratorError(_last_line(error)) from error
        except _TRACING_REFUSALS as error:
            self._step_down(Tier.LOOPED, error)
        except _COMPILING_REFUSALS as error:
            self._step_down(Tier.UNCOMPILED, error)
        return self._run(function, *arguments)

    def _first_run(self, function: Callable[..., Any], key: tuple[Any, ...], tensors: Sequence[Any]) -> Any:
        """Trace, which `_compiled` keeps, and call: XLA compiles within the first call.

        Called directly, a tf.function traces a second time on its second call. Without AutoGraph: loops are written
        out, and converting Keras' code would take as long as tracing it.
        """
        compiled = tf.function(function, autograph=False, jit_compile=self.tier is not Tier.UNCOMPILED)
        self._compiled[key] = compiled.get_concrete_function(*tensors)
        return self._compiled[key](*tensors)

    def _step_down(self, tier: Tier, error: Exception) -> None:
        if self.tier in (tier, Tier.UNCOMPILED):
            # No tier can help, so these examples decide nothing for the next condition.
            self._settle(Tier.VECTORISED, "")
            raise GeneratorError(f"expected a model that fits these examples, found: {_last_line(error)}") from error
        self._settle(tier, f", because of {_operation(error)}")

    def _settle(self, tier: Tier, reason: str) -> None:
        self.tier, self._reason = tier, reason
        self._compiled.clear()

    def _over_replicates(self, function: Callable[..., Any], arguments: Any) -> Any:
        return tf.vectorized_map(function, arguments, fallback_to_while_loop=self.tier is not Tier.VECTORISED)

    def _train(self, x: Any, y: Any, order: Any, weight: Any) -> Any:
        """All steps of one epoch; `order` (steps, replicates, batch), `weight` the same or (steps, 1, batch)."""
        steps, _, batch = order.shape

        def step(i: Any, *curves: Any) -> Any:
            weights = tf.broadcast_to(weight[i], (self.chunk, batch))
            gradients, state, *measured = self._of_batch(x, y, order[i], weights)
            self.optimizer.apply(gradients, self.weights)
            for variable, value in zip(self.state, state, strict=True):
                variable.assign(value)
            return i + 1, *_entered(curves, i, measured)

        curves = [tf.zeros((steps, self.chunk), self.dtype)] * 3
        return tf.while_loop(lambda i, *_: i < steps, step, (0, *curves))[1:]

    def _of_batch(self, x: Any, y: Any, chosen: Any, weight: Any) -> Any:
        """Gradient and step values of every replicate's batch; `chosen` and `weight` are (replicates, batch)."""
        total = tf.reduce_sum(weight, axis=1)
        # Examples that count by themselves may be taken a portion at a time; a batch's statistics need all of it.
        pieces = -(-chosen.shape[1] // self.at_once) if self.pads and not self.state else 1

        def of_piece(chosen: Any, weight: Any) -> Any:
            gathered = tf.gather(x, chosen), tf.gather(y, chosen)
            return self._over_replicates(partial(self._gradient, pieces), (*self._values(), *gathered, weight, total))

        if pieces == 1:
            gradients, *rest = of_piece(chosen, weight)
        else:
            nothing = ([tf.zeros_like(v) for v in self.weights], [], *[tf.zeros_like(total)] * 3)
            gradients, *rest = _summed(of_piece, [_pieces(values, pieces) for values in (chosen, weight)], nothing)
        return self._over_replicates(self._clip, gradients), *rest

    def _values(self) -> tuple[list[Any], list[Any]]:
        """The stacked variables' current values: trained ones, then the rest."""
        return [v.value for v in self.weights], [v.value for v in self.state]

    def _gradient(self, pieces: int, arguments: Any) -> Any:
        """What one replicate's piece of a batch adds to the gradient and to the step's values, before the step."""
        weights, state, x, y, example_weight, total = arguments
        with tf.GradientTape() as tape:
            tape.watch(weights)
            output, new_state, penalties = self.model.stateless_call(
                weights, state, x, training=True, return_losses=True
            )
            self._require_known(penalties)
            loss = tf.reduce_sum(self.loss(y, output) * example_weight) / total
            penalty = tf.add_n(penalties) / pieces if penalties else tf.zeros((), self.dtype)
            objective = loss + penalty
        gradients = self._dense(tape.gradient(objective, weights))
        accuracy = tf.reduce_sum(hits(y, output, self.dtype) * example_weight) / total
        return gradients, new_state, loss, penalty, accuracy

    def _require_known(self, penalties: list[Any]) -> None:
        known = sum(v.regularizer is not None for v in self.model.trainable_variables)
        if len(penalties) != known:
            raise GeneratorError(f"expected {known} penalties, one a regulariser, found {len(penalties)} added losses")

    def _dense(self, gradients: list[Any]) -> list[Any]:
        """Gradients as plain tensors (an embedding's comes as the rows it touches, some of them repeated)."""
        for variable, gradient in zip(self.model.trainable_variables, gradients, strict=True):
            if gradient is None:
                raise GeneratorError(f"expected every trainable variable to affect the loss, found {variable.path!r}")
            if isinstance(gradient, tf.IndexedSlices) and not self._is_linear:
                # Keras squares and clips repeated rows one by one, which no sum of them can repeat.
                raise GeneratorError(
                    f"expected SGD without clipping to train {variable.path!r}, found {type(self.optimizer).__name__}"
                )
        return [tf.convert_to_tensor(gradient) for gradient in gradients]

    def _evaluate(self, x: Any, y: Any, chunks: Any, training_chunks: Any) -> Any:
        hidden = self.probe.outputs[1:] if self.probe else []

        def measure(i: Any, loss: Any, hit: Any, *highest: Any) -> Any:
            arguments = (*self._values(), tf.gather(x, chunks[i]), tf.gather(y, chunks[i]))
            *measured, tops = self._over_replicates(self._forward, arguments)
            counts = i < training_chunks
            higher = [tf.where(counts, tf.maximum(a, b), a) for a, b in zip(highest, tops, strict=True)]
            return i + 1, *_entered((loss, hit), i, measured), *higher

        measures = [tf.zeros(chunks.shape, self.dtype)] * 2
        lowest = [tf.fill((self.chunk, units.shape[-1]), tf.constant(-np.inf, self.dtype)) for units in hidden]
        _, loss, hit, *highest = tf.while_loop(lambda i, *_: i < chunks.shape[0], measure, (0, *measures, *lowest))
        penalty = self._over_replicates(self._penalty, self._values()[0])
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
        return self.loss(y, output), hits(y, output, self.dtype), tops

    def _penalty(self, weights: Any) -> Any:
        variables = self.model.trainable_variables
        terms = [v.regularizer(w) for v, w in zip(variables, weights, strict=True) if v.regularizer is not None]
        return tf.add_n(terms) if terms else tf.zeros((), self.dtype)


def _pieces(values: Any, count: int) -> Any:
    """Values (replicates, batch) cut into pieces (count, replicates, examples), the last one filled up with zeros."""
    replicates, batch = values.shape
    size = -(-batch // count)
    filled = tf.pad(values, [[0, 0], [0, count * size - batch]])
    return tf.transpose(tf.reshape(filled, (replicates, count, size)), (1, 0, 2))


def _summed(function: Callable[..., Any], pieces: Sequence[Any], nothing: Any) -> Any:
    """The sum of a function's (nested) values over pieces, one after the other, added to `nothing`."""

    def add(i: Any, sums: Any) -> Any:
        return i + 1, tf.nest.map_structure(tf.add, sums, function(*(piece[i] for piece in pieces)))

    return tf.while_loop(lambda i, _: i < pieces[0].shape[0], add, (0, nothing))[1]


def _entered(curves: Sequence[Any], i: Any, values: Sequence[Any]) -> list[Any]:
    """Curves with the `i`-th row replaced by these values."""
    return [tf.tensor_scatter_nd_update(c, [[i]], [value]) for c, value in zip(curves, values, strict=True)]


def _cut(order: np.ndarray, batch_size: int) -> np.ndarray:
    """Orders (replicates, examples) as steps (steps, replicates, batch)."""
    return np.ascontiguousarray(order.reshape(len(order), -1, batch_size).swapaxes(0, 1))


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep TensorFlow from logging pages about an operation that it cannot vectorise: a line announces the tier."""
    tensorflow_logger = tf.get_logger()
    before = tensorflow_logger.level
    tensorflow_logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        tensorflow_logger.setLevel(before)


def _operation(error: Exception) -> str:
    """The operation that a tier refused, or what was said about it."""
    found = _REFUSED_OPERATION.search(str(error))
    return next(filter(None, found.groups())) if found else _last_line(error)


def _last_line(error: Exception) -> str:
    """What went wrong, without the trace that TensorFlow writes before it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1].removeprefix(f"{type(error).__name__}: ") if lines else type(error).__name__


def _examplewise(model: keras.Model) -> bool:
    """Whether an example's output depends on that example alone, as far as the model's graph says."""
    steps = model.layers if type(model) is keras.Sequential else getattr(model, "operations", [None])
    return all(_examplewise(s) if isinstance(s, keras.Model) else type(s) in _EXAMPLEWISE for s in steps)


def _stack_variable(variable: keras.Variable, chunk: int, *, trainable: bool) -> keras.Variable:
    zeros = np.zeros((chunk, *variable.shape), variable.dtype)
    return keras.Variable(zeros, dtype=variable.dtype, trainable=trainable, name=variable.name)


def _stacked_optimizer(optimizer: keras.Optimizer) -> tuple[keras.Optimizer, Callable[[Any], Any]]:
    """A copy for the stacked variables, and the clipping that must be done within each replicate."""
    stacked = copy_of(optimizer, clipnorm=None, global_clipnorm=None, clipvalue=None)
    if decays(stacked):
        # Keras keeps a number, which would be compiled in; it reads a variable just as well.
        stacked.weight_decay = tf.Variable(0, dtype=keras.config.floatx(), trainable=False)
    return stacked, optimizer._clip_gradients if clips(optimizer) else lambda gradients: gradients
