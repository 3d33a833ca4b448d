"""Text that comes from data, as it can be shown."""

from unicodedata import category

#: Not to be seen, but what joins or parts the letters around them.
_JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"


def shown(text: str) -> str:
    """The text on one line, with U+FFFD for what is not to be seen, such as controls."""
    return "".join(c if c in _JOINERS or c.isprintable() or category(c) == "Zs" else _stand_in(c) for c in text)


def _stand_in(character: str) -> str:
    return " " if character in "\n\r\t" else "\N{REPLACEMENT CHARACTER}"
