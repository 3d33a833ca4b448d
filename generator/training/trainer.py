"""`Training` and `train`: an ordinary Keras model, trained for many replicates, with every curve recorded."""

import contextlib
import dataclasses
import itertools
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from generator.errors import GeneratorError, UnknownNameError
from generator.training import IMPORTED_TOO_EARLY
from generator.training.datasets import DataSource, Examples
from generator.training.history import History
from generator.training.orders import DRAWN, by_loss, drawn_orders, noise_weights
from generator.training.probes import PROBES
from generator.training.replicates import Evaluation, Program, Steps
from generator.training.self_check import require_sound_arithmetic
from generator.training.signature import signature
from generator.training.supported import copy_of, require_supported
from generator.training.weights import stacked_initial_weights

#: Examples evaluated at once, at most. Products of this shape give the same bits with and without AVX-512, larger ones
#: do not.
EVALUATION_CHUNK = 200

_programs: dict[Hashable, Program] = {}


@dataclass(frozen=True, kw_only=True)
class Training:
    """A training run, but for its replicates.

    Parameters
    ----------
    model : function that builds a Keras model
    data : draws the examples of some replicates (`generator.training.datasets`; `arrays` wraps your own)
    optimizer : function that makes a Keras optimiser, or such an optimiser
    loss : name of a Keras loss
    validation_share : the last share of the training examples that is held out, as by `validation_split`
    probes : extra curves to record ("dead_units")
    order, shared, crossed, noise_of_batch, passes : as in `generator.spec.Condition`
    chunk : replicates trained at once; the last chunk is filled up, so results do not depend on how many are asked for
    dtype : "float32", or "float64" to compare with a reference
    """

    model: Callable[[], keras.Model]
    data: DataSource
    optimizer: Callable[[], keras.Optimizer] | keras.Optimizer
    batch_size: int = 32
    epochs: int = 10
    loss: str = "binary_crossentropy"
    validation_share: float = 0.0
    probes: tuple[str, ...] = ()
    order: str = "reshuffled"
    shared: tuple[str, ...] = ()
    crossed: int = 0
    noise_of_batch: int = 0
    passes: int = 1
    chunk: int = 64
    dtype: str = "float32"

    def __post_init__(self) -> None:
        for name, value in (("batch size", self.batch_size), ("number of epochs", self.epochs), ("chunk", self.chunk)):
            if value < 1:
                raise GeneratorError(f"expected a {name} of at least 1, found {value}")
        if not 0 <= self.validation_share < 1:
            raise GeneratorError(f"expected a validation share in [0, 1), found {self.validation_share}")
        if self.order not in DRAWN:
            raise UnknownNameError("order", self.order, DRAWN)
        for probe in self.probes:
            if probe not in PROBES:
                raise UnknownNameError("probe", probe, PROBES)
        if self.dtype not in {"float32", "float64"}:
            raise GeneratorError(f"expected a dtype of 'float32' or 'float64', found {self.dtype!r}")

    def make_optimizer(self) -> keras.Optimizer:
        """A fresh optimiser."""
        return copy_of(self.optimizer) if isinstance(self.optimizer, keras.Optimizer) else self.optimizer()

    def stream(self, name: str, replicates: Sequence[int]) -> list[int]:
        """The replicates whose stream ("data", "init" or "order") each of these uses: as a rule, its own."""
        if name in self.shared:
            return [0] * len(replicates)
        if self.crossed:
            parts = [{"data": 0, "init": r // self.crossed, "order": r % self.crossed} for r in replicates]
            return [part[name] for part in parts]
        return list(replicates)


def train(
    training: Training,
    replicates: Sequence[int],
    *,
    progress: Callable[[int], Any] = lambda epochs: None,
    watch: Callable[[Program], Any] = lambda program: None,
) -> History:
    """Train every replicate and record its curves; `progress` is called with the epochs done since the last call.

    `watch` is called after each epoch of each chunk, to read the program's stacked variables: those of the chunk's
    replicates come first.
    """
    if len(replicates) == 0:
        raise GeneratorError("expected at least one replicate, found none")
    require_sound_arithmetic()
    with precision(training.dtype):
        chunks = [
            _train_chunk(training, list(replicates[i : i + training.chunk]), progress, watch)
            for i in range(0, len(replicates), training.chunk)
        ]
    return History(
        replicates=tuple(replicates),
        curves={name: np.concatenate([c.curves[name] for c in chunks]) for name in chunks[0].curves},
        weights=tuple(np.concatenate(w) for w in zip(*(c.weights for c in chunks), strict=True)),
        tier=chunks[0].tier,
        reproducible=not IMPORTED_TOO_EARLY,
    )


@dataclass(frozen=True, kw_only=True)
class Split:
    """Pool indices of each part, int32 of shape (replicates, examples)."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def split(training: Training, examples: Examples) -> Split:
    """Hold out the last share of the training examples, counted as Keras' `validation_split` counts it."""
    kept = int(np.floor(examples.train.shape[1] * (1 - training.validation_share)))
    if kept == 0:
        raise GeneratorError(f"expected a validation share that leaves something to train on, found {kept} examples")
    return Split(train=examples.train[:, :kept], validation=examples.train[:, kept:], test=examples.test)


def orders(training: Training, parts: Split, replicates: Sequence[int]) -> np.ndarray:
    """Positions in training order, int32 of shape (epochs, replicates, examples of all passes)."""
    own, (count, examples) = training.stream("order", replicates), parts.train.shape
    drawn = drawn_orders(training.order, tuple(own), examples, training.epochs * training.passes)
    return (
        drawn.reshape(training.epochs, training.passes, count, examples)
        .swapaxes(1, 2)
        .reshape(training.epochs, count, -1)
    )


def _weights(training: Training, parts: Split, replicates: Sequence[int]) -> Iterator[np.ndarray | None]:
    """Each epoch's weights of the examples (steps, replicates, examples), where noise is added by them."""
    examples = parts.train.shape[1]
    if not training.noise_of_batch:
        return itertools.repeat(None, training.epochs)
    if training.batch_size != examples:
        raise GeneratorError(f"expected noise to be added to batches of all {examples}, found {training.batch_size}")
    shape = (training.epochs, training.passes)
    return iter(noise_weights(training.stream("order", replicates), shape, examples, training.noise_of_batch))


def _train_chunk(
    training: Training, asked: list[int], progress: Callable[[int], Any], watch: Callable[[Program], Any]
) -> History:
    replicates = asked + [asked[-1]] * (training.chunk - len(asked))
    model, optimizer = training.model(), training.make_optimizer()
    examples = training.data(training.stream("data", replicates))
    parts = split(training, examples)
    require_supported(model, optimizer)
    program = _program(training, model, optimizer)
    tier = program.tier
    initial = stacked_initial_weights(training.model, model, training.stream("init", replicates))
    program.start(initial, model, optimizer)
    x, y = (tf.constant(in_precision(values, training.dtype)) for values in (examples.x, examples.y))
    size = evaluated_at_once(program)
    chunks, training_chunks = evaluation_chunks(parts, size)
    steps: list[Steps] = []
    evaluations: list[Evaluation] = []
    drawn, weights = orders(training, parts, replicates), _weights(training, parts, replicates)
    for order, weight in zip(drawn, weights, strict=True):
        loss = evaluations[-1].data_loss[:, : parts.train.shape[1]] if evaluations else None
        position = by_loss(training.order, order, loss)
        chosen = np.take_along_axis(parts.train, position, axis=1)
        steps.append(program.epoch(x, y, chosen, training.batch_size, weight))
        evaluations.append(program.evaluate(x, y, chunks, training_chunks))
        if program.tier is not tier:
            # The first epoch found out how the program can run; every chunk runs that way from its start.
            return _train_chunk(training, asked, progress, watch)
        progress(1)
        watch(program)
    program.announce()
    curves = {
        **step_curves(steps, parts.train.shape[1] * training.passes, training.batch_size),
        **evaluation_curves(evaluations, parts, size),
    }
    return History(
        replicates=tuple(asked),
        curves={name: curve[: len(asked)] for name, curve in curves.items()},
        weights=tuple(values[: len(asked)] for values in program.final_weights()),
        tier=program.tier.name.lower(),
    )


def _program(training: Training, model: keras.Model, optimizer: keras.Optimizer) -> Program:
    """The compiled program of this structure, made on first use in a process.

    It keeps a model of its own: a regulariser's strength becomes a variable there, while `model` still holds numbers.
    """
    key = signature(training.model, model, optimizer, training.loss, training.chunk, training.probes)
    if key not in _programs:
        own = training.model()
        if own is model:
            raise GeneratorError(
                "expected a function that builds a new model each time, found one that repeats its model"
            )
        _programs[key] = Program(own, training.make_optimizer(), training.loss, training.chunk, training.probes)
    return _programs[key]


def in_precision(values: np.ndarray, dtype: str) -> np.ndarray:
    """Real numbers in the run's precision; classes and tokens as they are."""
    return values.astype(dtype) if np.issubdtype(values.dtype, np.floating) else values


def evaluated_at_once(program: Program) -> int:
    """How many examples of each replicate a program evaluates at once."""
    return min(EVALUATION_CHUNK, program.at_once)


def evaluation_chunks(parts: Split, size: int) -> tuple[np.ndarray, int]:
    """Pool indices (chunks, replicates, size), each part filled up to whole chunks, and how many are training's."""
    cut = [_filled(part, size) for part in (parts.train, parts.validation, parts.test) if part.shape[1]]
    return np.concatenate(cut), len(cut[0])


def _filled(part: np.ndarray, size: int) -> np.ndarray:
    missing = -part.shape[1] % size
    filled = np.concatenate([part, np.repeat(part[:, -1:], missing, axis=1)], axis=1)
    return np.ascontiguousarray(filled.reshape(len(part), -1, size).swapaxes(0, 1))


def step_curves(steps: list[Steps], examples: int, batch_size: int) -> dict[str, np.ndarray]:
    """What is recorded while the weights move, by name; each epoch has so many examples, of all passes."""
    data_loss, penalty, accuracy = (
        np.stack([getattr(s, f.name).astype(np.float64) for s in steps], axis=1) for f in dataclasses.fields(Steps)
    )
    sizes = np.full(data_loss.shape[2], float(batch_size))
    sizes[-1] = examples - batch_size * (len(sizes) - 1)
    loss, share = data_loss + penalty, sizes / examples
    flat = (len(loss), -1)
    return {
        "step_loss": loss.reshape(flat),
        "step_data_loss": data_loss.reshape(flat),
        "step_accuracy": accuracy.reshape(flat),
        "loss": _weighted_mean(loss, share),
        "data_loss": _weighted_mean(data_loss, share),
        "accuracy": _weighted_mean(accuracy, share),
    }


def _weighted_mean(steps: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Means over each epoch's steps; numpy's own sum, as the last bit of a BLAS product depends on the processor."""
    return np.asarray((steps * share).sum(axis=-1))


def evaluation_curves(evaluations: list[Evaluation], parts: Split, size: int) -> dict[str, np.ndarray]:
    """What is measured at each epoch's last weights, by name; parts were filled up to multiples of `size`."""
    penalty = _by_epoch([e.penalty for e in evaluations])
    curves = {"penalty": penalty, "kernel_norm": _by_epoch([e.kernel_norm for e in evaluations])}
    dead = [e.dead_units for e in evaluations if e.dead_units is not None]
    if dead:
        curves["dead_units"] = _by_epoch(dead)
    start = 0
    for name, part in (("train", parts.train), ("val", parts.validation), ("test", parts.test)):
        count = part.shape[1]
        if count == 0:
            continue
        inside = slice(start, start + count)
        data_loss = _means([e.data_loss[:, inside] for e in evaluations])
        curves[f"{name}_data_loss"] = data_loss
        curves[f"{name}_loss"] = data_loss + penalty
        curves[f"{name}_accuracy"] = _means([e.hit[:, inside] for e in evaluations])
        start += count + -count % size
    return curves


def _means(values: list[np.ndarray]) -> np.ndarray:
    """Means over examples in float64, shape (replicates, epochs)."""
    return _by_epoch([v.mean(axis=1, dtype=np.float64) for v in values])


def _by_epoch(values: list[np.ndarray]) -> np.ndarray:
    return np.stack(values, axis=1).astype(np.float64)


@contextlib.contextmanager
def precision(dtype: str) -> Iterator[None]:
    """Build models and optimisers in a precision (Keras' default policy does not follow `floatx` once it was used)."""
    before = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    try:
        yield
    finally:
        keras.config.set_floatx(before[0])
        keras.config.set_dtype_policy(before[1])
