"""Why a result would be computed again: each ingredient of its key, and which changed since the record."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from generator.records import record as records
from generator.running.run import make_provenance, plan
from generator.spec import Experiment


def explain(experiment: Experiment, root: Path) -> Iterator[str]:
    """One line an ingredient, `=` where it is as recorded and `≠` where it changed."""
    record = records.read(root / "records" / f"{experiment.id}.json")
    present = plan(experiment, range(*record.replicates))
    yield from _compared(record.provenance, make_provenance(present, root))
    registered = {claim.id: experiment.registration(claim) for claim in experiment.claims}
    yield from _compared({"registration": record.registration}, {"registration": registered})


def _compared(recorded: Mapping[str, Any], present: Mapping[str, Any], path: str = "") -> Iterator[str]:
    for name in sorted(recorded.keys() | present.keys()):
        old, new = recorded.get(name, "absent"), present.get(name, "absent")
        place = f"{path}{name}"
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _compared(old, new, f"{place}: ")
        elif old == new:
            yield f"= {place}: {_told(new)}"
        else:
            yield f"≠ {place}: {_told(old)} in the record, {_told(new)} now"


def _told(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_told(item) for item in value)
    text = str(value)
    return text[:12] if len(text) == 64 else text
