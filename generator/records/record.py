"""`Record`: what one experiment found, replicate by replicate, and its JSON."""

import json
import math
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.errors import GeneratorError, UnknownNameError

SCHEMA = 1

_PATIENCE_SECONDS = 20

#: Quantiles over replicates that bands and medians are drawn from.
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

#: JSON has no numbers for these.
_NAMES = {"Infinity": math.inf, "-Infinity": -math.inf, "NaN": math.nan}


@dataclass(frozen=True, kw_only=True)
class CurveSummary:
    """A curve over replicates: its quantiles point by point (`QUANTILES` order), and a few single runs by replicate."""

    quantiles: tuple[tuple[float, ...], ...]
    runs: Mapping[int, tuple[float, ...]]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One condition on one data set: metric id to a value per replicate, curves, and how many runs diverged."""

    metrics: Mapping[str, tuple[float, ...]]
    curves: Mapping[str, CurveSummary]
    diverged: int


@dataclass(frozen=True, kw_only=True)
class Record:
    """What an experiment found. Holds nothing that changes by itself: no time, path, host or commit.

    `cells` maps data set and condition; `registration` maps a claim to the hash it was registered under; `provenance`
    names versions, lock, source and settings.
    """

    experiment: str
    replicates: tuple[int, int]
    registration: Mapping[str, str]
    provenance: Mapping[str, Any]
    cells: Mapping[str, Mapping[str, Cell]]

    def cell(self, data_set: str, condition: str) -> Cell:
        """One condition on one data set."""
        if data_set not in self.cells:
            raise UnknownNameError(f"data set in the record of {self.experiment}", data_set, self.cells)
        if condition not in self.cells[data_set]:
            raise UnknownNameError(f"condition in the record of {self.experiment}", condition, self.cells[data_set])
        return self.cells[data_set][condition]

    def metric(self, data_set: str, condition: str, metric: str) -> tuple[float, ...]:
        """One value per replicate."""
        metrics = self.cell(data_set, condition).metrics
        if metric not in metrics:
            raise UnknownNameError(f"metric in the record of {self.experiment}", metric, metrics)
        return metrics[metric]

    def curve(self, data_set: str, condition: str, curve: str) -> CurveSummary:
        """One curve's quantiles and single runs."""
        curves = self.cell(data_set, condition).curves
        if curve not in curves:
            raise UnknownNameError(f"curve in the record of {self.experiment}", curve, curves)
        return curves[curve]


def dumps(record: Record) -> str:
    """The record as JSON text: sorted, one array a line, so that a changed number is a changed line."""
    return _text(_plain({"schema": SCHEMA, **vars(record)}), 0) + "\n"


def loads(text: str, source: str = "record") -> Record:
    """Read a record back, or say what was expected and what was found."""
    try:
        data = json.loads(text, parse_constant=_refuse_constant)
        if data["schema"] != SCHEMA:
            raise GeneratorError(f"{source}: expected record schema {SCHEMA}, found {data['schema']}")
        return Record(
            experiment=data["experiment"],
            replicates=(data["replicates"][0], data["replicates"][1]),
            registration=data["registration"],
            provenance=data["provenance"],
            cells={s: {c: _cell(cell) for c, cell in cells.items()} for s, cells in data["cells"].items()},
        )
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise GeneratorError(f"{source}: expected a record, found {type(error).__name__}: {error}") from error


def read(path: Path) -> Record:
    """Read the record in a file."""
    try:
        return loads(path.read_text(encoding="utf-8"), path.name)
    except OSError as error:
        raise GeneratorError(f"expected a record at {path}, found {error.strerror}") from error


def read_published(place: str, experiment: str) -> Record:
    """Read an experiment's record from a published version: a folder, or its address."""
    if not place.startswith(("https://", "http://")):
        return read(Path(place) / "records" / f"{experiment}.json")
    address = f"{place.rstrip('/')}/records/{experiment}.json"
    try:
        with urllib.request.urlopen(address, timeout=_PATIENCE_SECONDS) as answer:
            return loads(answer.read().decode(), address)
    except OSError as error:
        told = error.reason if isinstance(error, urllib.error.URLError) else error
        raise GeneratorError(f"expected a published record at {address}, found: {told}") from None


def _cell(data: Mapping[str, Any]) -> Cell:
    return Cell(
        metrics={name: _numbers(values) for name, values in data["metrics"].items()},
        curves={
            name: CurveSummary(
                quantiles=tuple(_numbers(q) for q in curve["quantiles"]),
                runs={int(r): _numbers(values) for r, values in curve["runs"].items()},
            )
            for name, curve in data["curves"].items()
        },
        diverged=data["diverged"],
    )


def _numbers(values: list[Any]) -> tuple[float, ...]:
    return tuple(_NAMES[v] if isinstance(v, str) else float(v) for v in values)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"the bare word {name}")


def _plain(value: Any) -> Any:
    if isinstance(value, Cell | CurveSummary):
        return _plain(vars(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def _text(value: Any, depth: int) -> str:
    """JSON, indented by one space a level; arrays of scalars stay on one line."""
    pad = " " * (depth + 1)
    if isinstance(value, dict) and value:
        items = (f"{pad}{json.dumps(key)}: {_text(value[key], depth + 1)}" for key in sorted(value))
        return "{\n" + ",\n".join(items) + "\n" + " " * depth + "}"
    if isinstance(value, list) and any(isinstance(item, list | dict) for item in value):
        return "[\n" + ",\n".join(pad + _text(item, depth + 1) for item in value) + "\n" + " " * depth + "]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
