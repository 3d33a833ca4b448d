"""How long each run took, where and when: kept apart from records, rewritten on request only."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generator.errors import GeneratorError
from generator.files import write_atomically

FILE = Path("records") / "times.json"

#: What a cold build does, in this order, and what that is in words.
STAGES = {
    "import": "import TensorFlow and Keras",
    "compile": "trace and compile programs, and call each for the first time",
    "train": "train and measure gradients and curvature",
    "measure": "take metrics of the curves and write the records",
    "draw": "draw the figures",
    "render": "render the pages, build and check the site",
}


@dataclass(frozen=True, kw_only=True)
class Growth:
    """Seconds of a run with so many replicates from a cold process, and of the exact interval of as many pairs."""

    replicates: int
    run: float
    interval: float


@dataclass(frozen=True, kw_only=True)
class Times:
    """Seconds by experiment and cell ("data set/condition"), each from compiling to the last curve; how they grow.

    `stages` has the processor seconds of each stage of a cold build of everything, from the first import to the site.
    """

    date: str
    machine: str
    seconds: Mapping[str, Mapping[str, float]]
    growth: tuple[Growth, ...] = ()
    stages: Mapping[str, float] = field(default_factory=dict)


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
