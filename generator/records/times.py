"""How long each run took, where and when: kept apart from records, rewritten on request only."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.errors import GeneratorError
from generator.files import write_atomically

FILE = Path("records") / "times.json"


@dataclass(frozen=True, kw_only=True)
class Growth:
    """Seconds of a run with so many replicates from a cold process, and of the exact interval of as many pairs."""

    replicates: int
    run: float
    interval: float


@dataclass(frozen=True, kw_only=True)
class Times:
    """Seconds by experiment and cell ("data set/condition"), each from compiling to the last curve; how they grow."""

    date: str
    machine: str
    seconds: Mapping[str, Mapping[str, float]]
    growth: tuple[Growth, ...] = ()


def read_times(root: Path) -> Times | None:
    """The times that are committed, if any."""
    path = root / FILE
    if not path.is_file():
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return Times(**{**found, "growth": tuple(Growth(**row) for row in found.get("growth", ()))})
    except (ValueError, TypeError) as error:
        raise GeneratorError(f"{FILE}: expected a date, a machine and seconds by experiment, found {error}") from error


def write_times(root: Path, times: Times) -> None:
    """Replace the committed times."""
    write_atomically(root / FILE, (json.dumps(dataclasses.asdict(times), indent=1, sort_keys=True) + "\n").encode())
