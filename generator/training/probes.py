"""Extra outputs of a model, from which curves that Keras does not log are measured."""

import keras

from generator.errors import GeneratorError

#: Curves that are recorded on request.
PROBES = ("dead_units",)


def relu_outputs(model: keras.Model) -> keras.Model:
    """The model with the outputs of its ReLU layers added."""
    hidden = [layer for layer in model._flatten_layers(include_self=False) if _is_relu(layer)]
    if not hidden:
        raise GeneratorError("expected a model with ReLU units for the probe 'dead_units', found none")
    try:
        probe = keras.Model(model.inputs, [*model.outputs, *(layer.output for layer in hidden)])
    except (AttributeError, ValueError):
        probe = None
    if probe is None or [id(v) for v in probe.variables] != [id(v) for v in model.variables]:
        raise GeneratorError(
            f"expected a sequential or functional model with its ReLU layers in it for the probe 'dead_units', "
            f"found {model.name!r}"
        )
    return probe


def _is_relu(layer: keras.Layer) -> bool:
    if isinstance(layer, keras.layers.ReLU):
        return bool(layer.negative_slope == 0 and layer.threshold == 0)
    return getattr(layer, "activation", None) is keras.activations.relu
