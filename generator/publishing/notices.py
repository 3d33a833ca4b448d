"""Errata and withdrawals: declared in a committed file that is reviewed, and published beside the versions."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from generator.citing.catalogue import CataloguedFigure, notice_entry, notice_of
from generator.citing.states import Kind, Notice
from generator.errors import GeneratorError
from generator.files import write_atomically

FILE = Path("records") / "notices.json"

Notices = Mapping[str, tuple[Notice, ...]]


def read_notices(root: Path) -> Notices:
    """What was declared about each figure, in the order in which it was."""
    path = root / FILE
    if not path.is_file():
        return {}
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return {figure: tuple(map(notice_of, entries)) for figure, entries in document.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise GeneratorError(f"{FILE}: expected notices by figure, found {type(error).__name__}: {error}") from error


def declare(root: Path, figure: CataloguedFigure, kind: Kind, versions: Sequence[str], reason: str, date: str) -> None:
    """Add a notice about some published versions of a figure, all of them if none is named."""
    if not reason.strip():
        raise GeneratorError("expected a reason that readers can understand, found none")
    chosen = [figure.edition(version).version for version in versions] or [e.version for e in figure.editions]
    notice = Notice(kind=kind, versions=tuple(chosen), reason=" ".join(reason.split()), date=date)
    known = dict(read_notices(root))
    known[figure.id] = (*known.get(figure.id, ()), notice)
    document = {name: [notice_entry(one) for one in known[name]] for name in sorted(known)}
    write_atomically(root / FILE, (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode())
