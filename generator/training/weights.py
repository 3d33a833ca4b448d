"""Initial weights of a Keras model for each replicate, from the replicate's own streams."""

import contextlib
import random
from collections.abc import Callable, Iterator, Sequence

import keras
import numpy as np

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


def initial_weights(build: Callable[[], keras.Model], model: keras.Model, replicate: int) -> list[np.ndarray]:
    """Values for `model.variables`, drawn by the model's own initialisers from the replicate's `INIT` stream.

    Seeds written into the model are replaced, where its layers are simple enough to be drawn again one by one. Other
    models are built again with Keras' global seed. Seed generators (dropout) start from the `DROPOUT` stream.
    """
    owners = _owners(model)
    makers = [_initializer(variable, owners.get(id(variable))) for variable in model.variables]
    if all(maker is not None or _is_seed(v) for v, maker in zip(model.variables, makers, strict=True)):
        values = [
            variable.numpy() if maker is None else _redrawn(variable, maker, replicate, i)
            for i, (variable, maker) in enumerate(zip(model.variables, makers, strict=True))
        ]
    else:
        with _global_seed(layer_seed(Stream.INIT, replicate, 0)):
            values = [variable.numpy() for variable in build().variables]
    return [
        _seed_state(variable, replicate, i) if _is_seed(variable) else value
        for i, (variable, value) in enumerate(zip(model.variables, values, strict=True))
    ]


def stacked_initial_weights(
    build: Callable[[], keras.Model], model: keras.Model, replicates: Sequence[int]
) -> list[np.ndarray]:
    """The same for several replicates: one array a variable, the replicate axis first."""
    return [np.stack(values) for values in zip(*(initial_weights(build, model, r) for r in replicates), strict=True)]


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
    variable: keras.Variable, initializer: keras.initializers.Initializer, replicate: int, position: int
) -> np.ndarray:
    config = initializer.get_config()
    if "seed" in config:
        config["seed"] = layer_seed(Stream.INIT, replicate, position)
    drawn = type(initializer).from_config(config)(variable.shape, dtype=variable.dtype)
    return np.asarray(keras.ops.convert_to_numpy(drawn))


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
