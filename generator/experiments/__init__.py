"""The questions: one short declarative file each, found by iterating this package."""

import functools
import importlib
import pkgutil
from collections.abc import Iterator, Mapping

from generator.errors import UnknownNameError
from generator.spec import Experiment, SpecificationError


@functools.cache
def load() -> Mapping[str, Experiment]:
    """Every experiment by id, in the order of the article."""
    found = sorted(_experiments(), key=lambda experiment: experiment.lines)
    names = [experiment.id for experiment in found]
    _refuse_repeats("experiment", names)
    _refuse_repeats("figure", [figure.id for experiment in found for figure in experiment.figures])
    _refuse_repeats("claim", [c.id for e in found for c in e.claims] + [d.id for e in found for d in e.descriptions])
    return dict(zip(names, found, strict=True))


def find(name: str) -> Experiment:
    """The experiment of that id, or an error that names the nearest."""
    experiments = load()
    if name not in experiments:
        raise UnknownNameError("experiment", name, experiments)
    return experiments[name]


def _experiments() -> Iterator[Experiment]:
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            yield importlib.import_module(f"{__name__}.{module.name}").EXPERIMENT


def _refuse_repeats(kind: str, names: list[str]) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise SpecificationError(f"expected every {kind} id once, found more of {', '.join(repeated)}")
