"""What the trainer cannot train as Keras would: each refusal is one line that names it."""

import keras

from generator.errors import GeneratorError

#: Optimisers that act on each number alone. The others (Muon, Lamb, Adafactor ...) would mix replicates.
ELEMENTWISE = ("SGD", "RMSprop", "Adam", "AdamW", "Adamax", "Nadam", "Adagrad", "Adadelta", "Ftrl", "Lion")

#: Methods by which a model replaces Keras' own training step; the trainer does not call them.
_REPLACEABLE = ("train_step", "compute_loss")


def require_supported(model: keras.Model, optimizer: keras.Optimizer) -> None:
    """Raise an error where training replicates together would not equal training each one with Keras."""
    _require_optimizer(optimizer)
    _require_model(model)


def has_schedule(optimizer: keras.Optimizer) -> bool:
    """Whether the learning rate follows a schedule instead of being a number."""
    return isinstance(optimizer._learning_rate, keras.optimizers.schedules.LearningRateSchedule)


def clips(optimizer: keras.Optimizer) -> bool:
    """Whether it limits gradients, by value or by norm."""
    return bool(optimizer.clipvalue or optimizer.clipnorm or optimizer.global_clipnorm)


def decays(optimizer: keras.Optimizer) -> bool:
    """Whether it shrinks the weights at each step."""
    return optimizer.weight_decay is not None


def copy_of(optimizer: keras.Optimizer, **changed: object) -> keras.Optimizer:
    """A fresh optimiser of the same settings, some of them changed."""
    _require_optimizer(optimizer)
    config = {**optimizer.get_config(), **changed}
    if has_schedule(optimizer):
        # As it is: Keras can only make its own schedules from their configuration.
        config["learning_rate"] = optimizer._learning_rate
    return type(optimizer).from_config(config)


def _require_optimizer(optimizer: keras.Optimizer) -> None:
    name = type(optimizer).__name__
    if type(optimizer) is not getattr(keras.optimizers, name, None) or name not in ELEMENTWISE:
        raise GeneratorError(
            f"expected an optimiser that acts on each weight alone ({', '.join(ELEMENTWISE)}), found {name}"
        )
    if not (has_schedule(optimizer) or isinstance(optimizer._learning_rate, keras.Variable)):
        raise GeneratorError(f"expected a number or a Keras schedule as learning rate, found a function ({name})")
    if optimizer.loss_scale_factor is not None:
        raise GeneratorError(f"expected no loss scaling, found a factor of {optimizer.loss_scale_factor} ({name})")
    if optimizer.gradient_accumulation_steps and clips(optimizer):
        raise GeneratorError(f"expected gradient accumulation or clipping, found both ({name})")
    excluded = getattr(optimizer, "_exclude_from_weight_decay", None)
    pattern = getattr(optimizer, "_exclude_from_weight_decay_pattern", None)
    if excluded or pattern:
        raise GeneratorError(f"expected weight decay on every variable, found some excluded from it ({name})")


def _require_model(model: keras.Model) -> None:
    if not model.built or not model.trainable_variables:
        raise GeneratorError(
            "expected a model with trainable variables, found none (without an Input layer, call build)"
        )
    for what in ("inputs", "outputs"):
        count = len(getattr(model, what, None) or [None])
        if count != 1:
            raise GeneratorError(f"expected a model with one input and one output, found {count} {what}")
    if not model._call_has_training_arg:
        raise GeneratorError("expected a model whose call takes the argument 'training', found one that does not")
    for method in _REPLACEABLE:
        if getattr(type(model), method) is not getattr(keras.Model, method):
            raise GeneratorError(f"expected a model that trains as Keras does, found one with its own {method}")
    for variable in model.trainable_variables:
        if variable.constraint is not None:
            raise GeneratorError(f"expected weights without constraints, found one on {variable.path!r}")
    for layer in model._flatten_layers():
        if getattr(layer, "activity_regularizer", None) is not None:
            raise GeneratorError(f"expected penalties on weights only, found one on the outputs of {layer.name!r}")
