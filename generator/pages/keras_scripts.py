"""A short script of plain Keras for an experiment, written from its declaration, and the same as a notebook."""

import json
import math
import re
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from generator.figures.wording import curve_name, listed, unit, with_unit
from generator.pages.reproductions import Line, Reproduction, Run
from generator.records.sources import defaults_of
from generator.spec import Condition
from generator.text import shown

_WIDTH = 120

#: The first line of a cell; one of words says so.
_CELL = re.compile(r"^# %%( \[markdown\])?\n", re.MULTILINE)


def environment(templates: Path) -> Environment:
    """The environment of scripts and other plain texts; what comes from data is made harmless by its filters."""
    made = Environment(
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(comment=comment, python=python, numbers=numbers, quoted=quoted, listed=listed, shown=shown)
    return made


def comment(text: str) -> str:
    """A text as lines of a comment."""
    return textwrap.fill(shown(text), _WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)


def python(text: str) -> str:
    """A text as a Python literal."""
    return json.dumps(shown(text), ensure_ascii=False)


def quoted(text: str) -> str:
    """A name in a sentence."""
    return f"“{text}”"


def numbers(values: Sequence[float]) -> str:
    """The inside of a Python list of numbers; numpy has the words for what is not finite."""
    return textwrap.fill(", ".join(map(_number, values)), _WIDTH - 9) + ","


def _number(value: float) -> str:
    if math.isfinite(value):
        return repr(value)
    return "np.nan" if math.isnan(value) else "np.inf" if value > 0 else "-np.inf"


def script(jinja: Environment, reproduction: Reproduction, about: Mapping[str, Any]) -> str:
    """The script; `about` has what it says of the page that it belongs to."""
    text = jinja.get_template("experiment.py.jinja").render(**_values(reproduction), **about)
    return re.sub(r"\n{4,}", "\n\n\n", text)


def notebook(script: str) -> str:
    """The script's cells as a Jupyter notebook (nbformat 4.5), without outputs."""
    _, *parts = _CELL.split(script)
    cells = [
        _cell(number, text.strip("\n"), is_words=bool(words))
        for number, (words, text) in enumerate(zip(parts[::2], parts[1::2], strict=True), start=1)
    ]
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    document = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _cell(number: int, text: str, *, is_words: bool) -> dict[str, Any]:
    cell: dict[str, Any] = {"id": f"cell-{number}", "metadata": {}}
    if is_words:
        words = re.sub("^# ?", "", text, flags=re.MULTILINE)
        return {"cell_type": "markdown", **cell, "source": words.splitlines(keepends=True)}
    return {"cell_type": "code", **cell, "execution_count": None, "outputs": [], "source": text.splitlines(True)}


def _values(reproduction: Reproduction) -> dict[str, Any]:
    """What the template fills in."""
    experiment, repeat, lines = reproduction.experiment, reproduction.repeat, reproduction.lines
    condition, extras = lines[0].run.condition, _extras(reproduction)
    beforehand, expressions = _expressions(lines, extras)
    return {
        "experiment": experiment,
        "repeat": repeat,
        "packages": reproduction.packages,
        "optimizers": sorted({_optimizer(run.condition) for run in reproduction.runs}),
        "data_label": experiment.data_sets[reproduction.data_set].label,
        "source": {"name": reproduction.source.path.split(":")[1], "parameters": reproduction.source.parameters},
        "share": condition.validation_share,
        "network": _network(condition, extras),
        "loss": condition.loss,
        "extras": extras,
        "curves": list(dict.fromkeys(line.curve for line in lines)),
        "beforehand": beforehand,
        "lines": [{"line": line, "expression": e} for line, e in zip(lines, expressions, strict=True)],
        "rough": reproduction.roughness,
        "at": next(line.at for line in lines if line.published),
        "quantity": _quantity(reproduction),
    }


def _quantity(reproduction: Reproduction) -> str:
    """What the plot's vertical axis shows."""
    curves = reproduction.repeat.curves
    name = curve_name(reproduction.experiment, curves[0].replace("_end_", "_")) if len(curves) == 1 else "loss"
    return with_unit(name, unit(curves[0]))


#: What `train` need not be told of a run, in the order in which it is told where a run has something else.
_ORDINARY = {
    "l2": 0.0,
    "spread": None,
    "passes": 1,
    "reshuffle": True,
    "by_class": False,
    "weights_of": 0,
    "order_of": 0,
}


def _facts(run: Run) -> dict[str, Any]:
    """The same of one run."""
    model, condition = run.condition.model.parameters, run.condition
    return {
        "l2": model.get("l2") or 0.0,
        "spread": model.get("spread"),
        "passes": condition.passes,
        "reshuffle": condition.order == "reshuffled",
        "by_class": run.by_class,
        "weights_of": run.init,
        "order_of": run.order,
    }


def _extras(reproduction: Reproduction) -> list[str]:
    """What `train` has to be told, as at least one of the runs is not ordinary."""
    told = [_facts(run) for run in reproduction.runs]
    extras = [name for name, ordinary in _ORDINARY.items() if any(facts[name] != ordinary for facts in told)]
    # A run that is told in steps makes as many of them, however many passes make up a recorded epoch.
    by_step = all(_span(line) == "steps" for line in reproduction.lines)
    return [name for name in extras if not (by_step and name == "passes")]


def _span(line: Line) -> str:
    """What the length of a run is told in."""
    return "steps" if line.curve == "step_loss" else "epochs"


def _expressions(lines: Sequence[Line], extras: Sequence[str]) -> tuple[str, list[str]]:
    """The run that is trained beforehand, if any, and each line's curve, as Python expressions."""
    trained = [_called(line.run, line, extras) for line in lines]
    twins = [line.twin and _called(line.twin, line, extras) for line in lines]
    if all(twins):
        return trained[0], [f"abs(\n        {twin} - run\n    )" for twin in twins]
    if len({line.curve for line in lines}) > 1:
        return trained[0], [f'run["{line.curve}"]' for line in lines]
    return "", trained


def _called(run: Run, line: Line, extras: Sequence[str]) -> str:
    condition, facts = run.condition, _facts(run)
    arguments = [
        f"{_optimizer(condition)}({_keywords(condition.optimizer.parameters)})",
        _keywords(
            {"batch_size": condition.batch_size, _span(line): line.points, **{name: facts[name] for name in extras}}
        ),
    ]
    return f"train({', '.join(arguments)})"


def _keywords(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in values.items())


def _optimizer(condition: Condition) -> str:
    return condition.optimizer.path.split(":")[1]


def _network(condition: Condition, extras: Sequence[str]) -> dict[str, Any]:
    """The network's layers, each with the position of its kernel among the variables, and what builds it."""
    kind = condition.model.path.split(":")[1]
    model = {**defaults_of(condition.model.path), **condition.model.parameters}
    bias = model.get("bias", True)
    layers = _LAYERS[kind](model)
    return {
        "arguments": [name for name in ("weights_of", "l2", "spread") if name in extras],
        "features": model["features"],
        "bias": bias,
        "layers": [(place * (2 if bias else 1), *layer) for place, layer in enumerate(layers)],
    }


def _dense_network(model: Mapping[str, Any]) -> list[tuple[int, str]]:
    output = (1, "sigmoid") if model["classes"] == 2 else (model["classes"], "softmax")
    return [*_hidden(model), output]


def _regression_network(model: Mapping[str, Any]) -> list[tuple[int, str]]:
    return [*_hidden(model), (model["outputs"], "linear")]


def _hidden(model: Mapping[str, Any]) -> list[tuple[int, str]]:
    return [(model["hidden"], model["activation"])] * model["layers"]


#: Units and activation of each layer, for every kind of network in `generator.training.models`.
_LAYERS = {"dense_network": _dense_network, "regression_network": _regression_network}
