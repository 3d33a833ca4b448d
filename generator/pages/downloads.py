"""What readers take along of an experiment: its numbers as CSV, a script, a notebook, and everything as one zip."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment

from generator.figures.plot import Table, Value, table_csv
from generator.figures.wording import metric_unit
from generator.pages.figure_files import archive
from generator.pages.inputs import Inputs, Study
from generator.pages.keras_scripts import environment, notebook, script
from generator.pages.reproductions import Reproduction, reproduction_of

_COLUMNS = ("data set", "condition", "replicate", "metric", "unit", "value")


@dataclass(frozen=True, kw_only=True)
class Downloads:
    """The files beside an experiment's page, by name, its record, and what its script repeats, if it has one."""

    files: Mapping[str, bytes]
    record: bytes
    reproduction: Reproduction | None


def make_downloads(inputs: Inputs, root: Path) -> dict[str, Downloads]:
    """The downloads of every experiment, by its id."""
    jinja = environment(root / "templates" / "downloads")
    return {study.experiment.id: _downloads(inputs, study, root, jinja) for study in inputs.studies}


def _downloads(inputs: Inputs, study: Study, root: Path, jinja: Environment) -> Downloads:
    name, settings = study.experiment.id, inputs.settings
    about = {
        "address": f"{settings.address}{inputs.version}/{name}/",
        "licence": settings.code_licence.name,
        "claims": study.claims,
        "replicates": study.record.replicates[1] - study.record.replicates[0],
    }
    reproduction = reproduction_of(study.experiment, study.record)
    files = {**_scripts(jinja, reproduction, about), f"{name}.csv": metrics_csv(study)}
    record = (root / "records" / f"{name}.json").read_bytes()
    words = jinja.get_template("README.txt.jinja").render(
        **about, study=study, inputs=inputs, settings=settings, names=sorted([*files, f"{name}.json"])
    )
    packed = archive({**files, f"{name}.json": record, "README.txt": words.encode()})
    return Downloads(files={**files, f"{name}.zip": packed}, record=record, reproduction=reproduction)


def _scripts(jinja: Environment, reproduction: Reproduction | None, about: Mapping[str, Any]) -> dict[str, bytes]:
    """The script and the notebook, where a short script can repeat the experiment."""
    if reproduction is None:
        return {}
    text, name = script(jinja, reproduction, about), reproduction.experiment.id
    return {f"{name}.py": text.encode(), f"{name}.ipynb": notebook(text).encode()}


def metrics_csv(study: Study) -> bytes:
    """Every metric of every run: one row for each data set, condition, metric and replicate."""
    return table_csv(Table(columns=_COLUMNS, rows=tuple(_rows(study))))


def _rows(study: Study) -> Iterator[tuple[Value, ...]]:
    replicates = range(*study.record.replicates)
    for data_set, role, _ in study.experiment.cells():
        for metric in study.experiment.metrics(data_set, role):
            name, unit = metric.id, metric_unit(metric)
            for replicate, value in zip(replicates, study.record.metric(data_set, role, name), strict=True):
                yield data_set, role, replicate, name, unit, value
