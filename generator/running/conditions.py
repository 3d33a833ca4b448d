"""The task of training one condition: from plain parameters to the curves that the store keeps."""

import functools
import importlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.errors import GeneratorError
from generator.running.importing import quick_import
from generator.spec import Call, Condition, Measurement, Task, plain

if TYPE_CHECKING:
    from generator.training.trainer import Training

FUNCTION = f"{__name__}:train_condition"

#: Replicates in one task. The last bits of a result depend on how many are trained at once, so this is fixed.
CHUNK = 64


def tasks(condition: Condition | Measurement, replicates: range) -> list[Task]:
    """The tasks that train or measure a condition, one for each chunk of replicates."""
    function, parameters = FUNCTION, plain(condition)
    if isinstance(condition, Measurement):
        function = condition.function.path
        parameters = {**plain(condition.function.parameters), "condition": plain(condition.condition)}
    return [
        Task(function=function, parameters=parameters, replicates=tuple(replicates[start : start + CHUNK]))
        for start in range(0, len(replicates), CHUNK)
    ]


def modules(task: Task) -> tuple[str, ...]:
    """Modules whose code decides a task's result."""
    called = sorted({path.split(":")[0] for path in _paths(task.parameters)})
    return (task.function.split(":")[0], "generator.training.trainer", *called)


def _paths(value: Any) -> Iterator[str]:
    """Import paths of every call in plain data."""
    if isinstance(value, Mapping):
        if isinstance(value.get("path"), str):
            yield value["path"]
        for item in value.values():
            yield from _paths(item)


def affinity(task: Task) -> str:
    """Groups tasks that share a compiled program: the task without what is a run-time value.

    A measurement compiles what training its condition compiles, whatever else it is asked.
    """
    condition = _condition(task)
    return json.dumps([task.function, _program(condition) if condition else task.parameters], sort_keys=True)


def kinship(task: Task) -> str:
    """Groups tasks whose programs may have parts in common: one network and loss, on data of one shape."""
    condition = _condition(task)
    if condition is None:
        return task.function
    program = _program(condition)
    return json.dumps([program[name] for name in ("model", "loss", "data")], sort_keys=True)


def _condition(task: Task) -> Mapping[str, Any] | None:
    """The plain form of the condition that a task trains or measures, if any."""
    return task.parameters if task.function == FUNCTION else task.parameters.get("condition")


def _program(condition: Mapping[str, Any]) -> dict[str, Any]:
    """What of a condition's plain form is compiled in."""
    model = condition["model"]["parameters"]
    return {
        **{name: value for name, value in condition.items() if name != "epochs"},
        "model": [condition["model"]["path"], {k: v is None if k == "l2" else v for k, v in model.items()}],
        "optimizer": condition["optimizer"]["path"],
        "data": condition["data"]["parameters"],
    }


def train_condition(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """Train a condition and return its curves; per-step curves in float32, as they were computed."""
    with quick_import():
        from generator.training.trainer import train
    history = train(training_of(parameters), replicates)
    return {
        name: curve.astype(np.float32) if name.startswith("step_") else curve for name, curve in history.curves.items()
    }


def training_of(condition: Mapping[str, Any]) -> "Training":
    """The training run that a condition's plain form describes."""
    from generator.training.trainer import Training

    calls = {name: _bound(condition[name]) for name in ("model", "data", "optimizer")}
    several = {name: tuple(condition.get(name, ())) for name in ("probes", "shared")}
    return Training(**{**condition, **calls, **several, "chunk": CHUNK})


def resolve(path: str) -> Callable[..., Any]:
    """The function that an import path names."""
    module, name = path.split(":")
    try:
        found = functools.reduce(getattr, name.split("."), importlib.import_module(module))
    except (ImportError, AttributeError) as error:
        raise GeneratorError(f"expected a function at {path}, found {type(error).__name__}: {error}") from error
    if not callable(found):
        raise GeneratorError(f"expected a function at {path}, found {type(found).__name__}")
    return found


def _bound(call: Mapping[str, Any]) -> Callable[..., Any]:
    named = Call(path=call["path"], parameters=call["parameters"])
    return functools.partial(resolve(named.path), **named.parameters)
