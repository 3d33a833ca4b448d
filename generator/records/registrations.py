"""Registrations: what each claim was before its data, committed before the results and only ever added to."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.errors import GeneratorError
from generator.files import write_atomically
from generator.spec import Experiment

FILE = Path("records") / "registrations.json"


@dataclass(frozen=True, kw_only=True)
class Registration:
    """One registration of a claim: the hash of all that decides it, the day, and why it was made."""

    hash: str
    date: str
    reason: str


def read(root: Path) -> Mapping[str, tuple[Registration, ...]]:
    """Every claim's registrations, the latest last."""
    path = root / FILE
    if not path.is_file():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return {claim: tuple(Registration(**entry) for entry in entries) for claim, entries in data.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise GeneratorError(f"{FILE}: expected registrations by claim, found {error}") from error


def unregistered(root: Path, experiments: Sequence[Experiment]) -> dict[str, str]:
    """Claims whose present form is not their latest registration, with the present hash."""
    known = read(root)
    present = {claim.id: e.registration(claim) for e in experiments for claim in e.claims}
    return {claim: found for claim, found in present.items() if claim not in known or known[claim][-1].hash != found}


def register(root: Path, experiments: Sequence[Experiment], date: str, reason: str | None) -> list[str]:
    """Add a registration for every claim that needs one; an amendment has to give its reason."""
    known = dict(read(root))
    changed = unregistered(root, experiments)
    amended = [claim for claim in changed if claim in known]
    if amended and not reason:
        raise GeneratorError(f"expected a reason for amending {', '.join(amended)}, found none")
    for claim, found in changed.items():
        why = reason if reason and claim in known else "first registration"
        known[claim] = (*known.get(claim, ()), Registration(hash=found, date=date, reason=why))
    if changed:
        text = json.dumps({c: [vars(r) for r in known[c]] for c in sorted(known)}, indent=1, ensure_ascii=False)
        write_atomically(root / FILE, (text + "\n").encode())
    return sorted(changed)


def require_registered(root: Path, experiments: Sequence[Experiment]) -> None:
    """Refuse to touch confirmatory replicates for a claim that was not registered as it stands."""
    missing = sorted(unregistered(root, experiments))
    if missing:
        raise GeneratorError(
            f"expected {', '.join(missing)} to be registered as they stand, found other or no registrations in {FILE}; "
            "run 'python -m generator register' and commit it before the results"
        )
