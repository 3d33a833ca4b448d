"""The one rounding: half to even, to significant digits, when a record is made and never again."""

from collections.abc import Iterable

DIGITS = 4


def rounded(value: float, digits: int = DIGITS) -> float:
    """The nearest number of that many significant decimal digits; infinities and NaN stay."""
    return float(f"{float(value):.{digits - 1}e}")


def rounded_all(values: Iterable[float], digits: int = DIGITS) -> tuple[float, ...]:
    """Round each value."""
    return tuple(rounded(value, digits) for value in values)
