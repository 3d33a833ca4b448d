"""The questions: one short declarative file each, found by iterating this package."""

import dataclasses
import functools
import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping

from generator import spec
from generator.errors import GeneratorError, UnknownNameError
from generator.spec import CHAPTERS, Experiment, SpecificationError

#: How Python words a keyword that a class does not take.
_UNKNOWN_FIELD = re.compile(r"(\w+)\.__init__\(\) got an unexpected keyword argument '(\w+)'")


@functools.cache
def load() -> Mapping[str, Experiment]:
    """Every experiment by id, in reading order: by chapter, and within one by the article's lines."""
    found = sorted(_experiments(), key=lambda experiment: (CHAPTERS.index(experiment.chapter), experiment.lines))
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
            yield _declared(module.name)


def _declared(name: str) -> Experiment:
    """The experiment that a file declares; what is wrong with it is told with the file's name."""
    try:
        return importlib.import_module(f"{__name__}.{name}").EXPERIMENT  # type: ignore[no-any-return]
    except (GeneratorError, TypeError, AttributeError) as error:
        raise SpecificationError(f"generator/experiments/{name}.py: {_told(error)}") from error


def _told(error: Exception) -> str:
    """A misspelt field as such; whatever else as it is."""
    found = _UNKNOWN_FIELD.match(str(error))
    kind = getattr(spec, found[1], None) if found else None
    if found is None or kind is None:
        return str(error)
    return str(UnknownNameError(f"field of {found[1]}", found[2], [field.name for field in dataclasses.fields(kind)]))


def _refuse_repeats(kind: str, names: list[str]) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise SpecificationError(f"expected every {kind} id once, found more of {', '.join(repeated)}")
