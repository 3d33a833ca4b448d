"""Initial weights of a Keras model for each replicate, from the replicate's own streams."""

from collections.abc import Callable, Iterator, Sequence

import keras
import numpy as np

from generator.training.streams import Stream, layer_seed

#: Layers whose variables are made by `<name>_initializer` and nothing else, so that they can be drawn again without
#: building the model again (64 small models take a second to build).
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

    Seeds written into the model are replaced. Seed generators (dropout) start from the `DROPOUT` stream.
    """
    owners = _owners(model)
    if all(_is_seed(variable) or isinstance(owners.get(id(variable)), _REDRAWABLE) for variable in model.variables):
        values = [_redrawn(variable, owners.get(id(variable)), replicate, i) for i, variable in enumerate(model.variables)]
    else:
        keras.utils.set_random_seed(layer_seed(Stream.INIT, replicate, 0))
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
    inner = [sub for sub in layer._flatten_layers(include_self=False, recursive=False)]
    if not inner:
        yield layer
    for sub in inner:
        yield from _leaves(sub)


def _is_seed(variable: keras.Variable) -> bool:
    return bool(variable.name == "seed_generator_state")


def _seed_state(variable: keras.Variable, replicate: int, position: int) -> np.ndarray:
    return np.array([layer_seed(Stream.DROPOUT, replicate, position), 0], dtype=variable.dtype)


def _redrawn(variable: keras.Variable, layer: keras.Layer | None, replicate: int, position: int) -> np.ndarray:
    if _is_seed(variable):
        return variable.numpy()
    initializer = getattr(layer, f"{variable.name}_initializer", None)
    if initializer is None:
        return variable.numpy()
    config = initializer.get_config()
    if "seed" in config:
        config["seed"] = layer_seed(Stream.INIT, replicate, position)
    drawn = type(initializer).from_config(config)(variable.shape, dtype=variable.dtype)
    return np.asarray(keras.ops.convert_to_numpy(drawn))
