"""The options of a figure, checked against what its kind knows."""

from typing import Any

from generator.errors import UnknownNameError
from generator.spec import Experiment, Figure, Metric, SpecificationError


def options_of(figure: Figure, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """The figure's options; those of `optional` that it does not give are None."""
    known = (*required, *optional)
    for name in figure.options:
        if name not in known:
            raise UnknownNameError(f"option of figure {figure.id}", name, known)
    missing = [name for name in required if name not in figure.options]
    if missing:
        raise SpecificationError(f"figure {figure.id}: expected options {', '.join(required)}, found no {missing[0]}")
    return {**dict.fromkeys(known), **figure.options}


def data_set_of(figure: Figure) -> str:
    """The figure's data set, for a kind that draws one."""
    if figure.data_set is None:
        raise SpecificationError(f"figure {figure.id}: expected a data set, found none")
    return figure.data_set


def metric_of(experiment: Experiment, data_set: str, role: str, name: str) -> Metric:
    """The metric of a condition that an option names by its id."""
    if role not in experiment.conditions:
        raise UnknownNameError(f"condition in experiment {experiment.id}", role, experiment.conditions)
    known = {metric.id: metric for metric in experiment.metrics(data_set, role)}
    if name not in known:
        raise UnknownNameError(f"metric of condition {role!r} in experiment {experiment.id}", name, known)
    return known[name]
