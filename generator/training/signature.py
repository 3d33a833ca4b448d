"""What a program is compiled for, as a key: conditions that differ only in run-time values have the same."""

import json
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import keras

from generator.training.supported import decays, has_schedule

#: Regularisers whose strengths are run-time values.
STRENGTHS = {"L1": ("l1",), "L2": ("l2",), "L1L2": ("l1", "l2")}

#: Where a model's configuration names its layers; Keras numbers these names through a process.
_NAMES = ("name", "keras_history", "input_layers", "output_layers")


def signature(
    build: Callable[[], keras.Model],
    model: keras.Model,
    optimizer: keras.Optimizer,
    loss: str,
    chunk: int,
    probes: Sequence[str],
) -> Hashable:
    """Everything of a model and optimiser but their run-time values.

    Parts that are not Keras' own (a function as activation, a layer class) are only named in the configuration, which
    does not say what they do: such a model shares its program with what the same `build` makes, and nothing else.
    """
    config = {**optimizer.get_config(), "name": None}
    if not has_schedule(optimizer):
        config["learning_rate"] = None
    config["weight_decay"] = decays(optimizer)
    parts = [_configuration(model), type(optimizer).__name__, config, loss, chunk, list(probes), keras.config.floatx()]
    own = None if _is_plain_keras(parts) else build
    return json.dumps(_structure(parts, {}), sort_keys=True, default=str), own


def _configuration(model: keras.Model) -> Any:
    try:
        return json.loads(model.to_json())
    except (NotImplementedError, TypeError):
        return {"module": "unknown"}


def _is_plain_keras(value: Any) -> bool:
    """Whether every object of a configuration comes with Keras."""
    if isinstance(value, dict):
        module = str(value.get("module", "keras"))
        own = value.get("class_name") == "__lambda__" or module.split(".")[0] != "keras"
        return not own and all(_is_plain_keras(item) for item in value.values())
    return all(_is_plain_keras(item) for item in value) if isinstance(value, list) else True


def _structure(value: Any, names: dict[str, str], key: str = "") -> Any:
    """A configuration with its layers numbered from 0 and without the strengths of its regularisers."""
    if isinstance(value, dict):
        if value.get("module") == "keras.regularizers" and value["class_name"] in STRENGTHS:
            return value["class_name"]
        if str(value.get("class_name")).endswith("DTypePolicy"):
            return value
        return {k: _structure(item, names, k) for k, item in value.items()}
    if isinstance(value, list):
        return [_structure(item, names, key) for item in value]
    return names.setdefault(value, f"layer {len(names)}") if key in _NAMES and isinstance(value, str) else value
