"""The errors that a user can cause or mend; the command line prints them as one line."""

import difflib
from collections.abc import Iterable


class GeneratorError(Exception):
    """Something that was expected was not found; the message says both."""


class UsageError(GeneratorError):
    """The call itself cannot be carried out as it was written (exit code 2)."""


class UnknownNameError(UsageError):
    """A name that is not among the known ones, with the nearest of them."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        known = sorted(known)
        nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
        hint = f"did you mean {nearest[0]!r}?" if nearest else f"known: {', '.join(known) or 'none'}"
        super().__init__(f"unknown {kind} {name!r}; {hint}")
