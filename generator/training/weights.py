"""Initial weights of a Keras model for each replicate, from the replicate's own streams."""

import contextlib
import functools
import json
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from generator.training.stages import COMPILING, stage
from generator.training.streams import Stream, layer_seed

#: Layers whose variables are made by `<name>_initializer` and nothing else, so that they can be drawn again without
#: building the model again (64 small models take a second to build). A subclass may make others.
_REDRAWABLE = (
    keras.layers.Dense,
    keras.layers.BatchNormalization,
    keras.layers.LayerNormalization,
    keras.layers.Conv1D,
    keras.layers.Conv2D,
    keras.layers.Embedding,
)


def stacked_initial_weights(
    build: Callable[[], keras.Model], model: keras.Model, replicates: Sequence[int]
) -> list[np.ndarray]:
    """Values for `model.variables`, drawn by the model's own initialisers from each replicate's `INIT` stream.

    One array a variable, the replicate axis first. Seeds written into the model are replaced, where its layers are
    simple enough to be drawn again one by one. Other models are built again with Keras' global seed. Seed generators
    (dropout) start from the `DROPOUT` stream.
    """
    owners = _owners(model)
    makers = [_initializer(variable, owners.get(id(variable))) for variable in model.variables]
    if all(maker is not None or _is_seed(v) for v, maker in zip(model.variables, makers, strict=True)):
        values = [
            _repeated(variable.numpy(), replicates) if maker is None else _redrawn(variable, maker, replicates, i)
            for i, (variable, maker) in enumerate(zip(model.variables, makers, strict=True))
        ]
    else:
        values = [np.stack(drawn) for drawn in zip(*(_built_again(build, r) for r in replicates), strict=True)]
    return [
        np.stack([_seed_state(variable, r, i) for r in replicates]) if _is_seed(variable) else value
        for i, (variable, value) in enumerate(zip(model.variables, values, strict=True))
    ]


def initial_weights(build: Callable[[], keras.Model], model: keras.Model, replicate: int) -> list[np.ndarray]:
    """The same for one replicate."""
    return [values[0] for values in stacked_initial_weights(build, model, [replicate])]


def _owners(model: keras.Model) -> dict[int, keras.Layer]:
    """The layer that made each variable, by the variable's identity."""
    return {id(variable): layer for layer in _leaves(model) for variable in layer.variables}


def _leaves(layer: keras.Layer) -> Iterator[keras.Layer]:
    inner = list(layer._flatten_layers(include_self=False, recursive=False))
    if not inner:
        yield layer
    for sub in inner:
        yield from _leaves(sub)


def _is_seed(variable: keras.Variable) -> bool:
    return bool(variable.name == "seed_generator_state")


def _seed_state(variable: keras.Variable, replicate: int, position: int) -> np.ndarray:
    return np.asarray([layer_seed(Stream.DROPOUT, replicate, position), 0], dtype=variable.dtype)


def _initializer(variable: keras.Variable, layer: keras.Layer | None) -> keras.initializers.Initializer | None:
    """What made the variable, where it can make it again from its configuration."""
    made_by_name = type(layer) in _REDRAWABLE
    initializer = getattr(layer, f"{variable.name}_initializer", None) if made_by_name else None
    return initializer if type(initializer) is getattr(keras.initializers, type(initializer).__name__, None) else None


def _redrawn(
    variable: keras.Variable, initializer: keras.initializers.Initializer, replicates: Sequence[int], position: int
) -> np.ndarray:
    config = initializer.get_config()
    if "seed" not in config:
        drawn = type(initializer).from_config(config)(variable.shape, dtype=variable.dtype)
        return _repeated(keras.ops.convert_to_numpy(drawn), replicates)
    draw = _drawing(
        type(initializer).__name__, json.dumps({**config, "seed": 0}), tuple(variable.shape), variable.dtype
    )
    seeds = [layer_seed(Stream.INIT, replicate, position) for replicate in replicates]
    return np.asarray(draw(tf.constant(seeds, tf.int64)))


class _GivenSeed(keras.random.SeedGenerator):  # type: ignore[misc]  # Keras has no types
    """Stands where an initialiser expects its seed, and gives it a tensor; without the state of a real one."""

    def __init__(self, seed: Any) -> None:
        self.seed = seed

    def next(self, ordered: bool = True) -> Any:  # noqa: ARG002  # Keras' own signature
        """What Keras makes of a whole number as a seed."""
        return tf.cast(tf.stack([self.seed, 0]), "uint32")


@functools.cache
def _drawing(kind: str, config: str, shape: tuple[int, ...], dtype: str) -> Any:
    """A function from seeds to an initialiser's draws, traced once: drawn one by one, they cost as much as training.

    XLA would draw other numbers, so it does not compile this.
    """
    initializer = getattr(keras.initializers, kind).from_config(json.loads(config))

    def one(seed: Any) -> Any:
        initializer.seed = _GivenSeed(seed)
        return tf.convert_to_tensor(initializer(shape, dtype=dtype))

    def draw(seeds: Any) -> Any:
        return tf.map_fn(one, seeds, fn_output_signature=dtype)

    with stage(COMPILING):
        return tf.function(draw, autograph=False).get_concrete_function(tf.TensorSpec((None,), tf.int64))


def _repeated(value: np.ndarray, replicates: Sequence[int]) -> np.ndarray:
    return np.repeat(np.asarray(value)[None], len(replicates), axis=0)


def _built_again(build: Callable[[], keras.Model], replicate: int) -> list[np.ndarray]:
    with _global_seed(layer_seed(Stream.INIT, replicate, 0)):
        return [variable.numpy() for variable in build().variables]


@contextlib.contextmanager
def _global_seed(seed: int) -> Iterator[None]:
    """Seed what Keras draws unseeded initialisers from, and leave Python's and numpy's own state as it was."""
    before = random.getstate(), np.random.get_state()
    keras.utils.set_random_seed(seed)
    try:
        yield
    finally:
        random.setstate(before[0])
        np.random.set_state(before[1])
