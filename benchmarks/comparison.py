"""One row of the benchmark: two sides, the number that compares them, and the bound it is hoped to keep."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Quantity(Enum):
    """How the medians of two sides become one number."""

    TIMES_FASTER = "reference / ours"
    TIMES_AS_LONG = "ours / reference"
    SECONDS_MORE = "ours − reference"
    OURS = "ours"


@dataclass(frozen=True, kw_only=True)
class Side:
    """What was measured of one side, several times, in `unit`."""

    label: str
    values: Sequence[float]
    unit: str = "s"

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)

    def __str__(self) -> str:
        """The median, with the range of all values and their number."""
        low, high = _shown(min(self.values), self.unit), _shown(max(self.values), self.unit)
        spread = f" ({low} to {high}, n = {len(self.values)})" if len(self.values) > 1 else ""
        return f"{_shown(self.median, self.unit)}{spread}"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A comparison; `at_least` or `at_most` bounds the quantity, `notes` add what the number alone does not say."""

    id: str
    title: str
    ours: Side
    quantity: Quantity
    reference: Side | None = None
    at_least: float | None = None
    at_most: float | None = None
    notes: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        """The number that compares the sides."""
        if self.reference is None:
            return self.ours.median
        ours, reference = self.ours.median, self.reference.median
        return {
            Quantity.TIMES_FASTER: reference / ours,
            Quantity.TIMES_AS_LONG: ours / reference,
            Quantity.SECONDS_MORE: ours - reference,
            Quantity.OURS: ours,
        }[self.quantity]

    @property
    def shown_value(self) -> str:
        """The number with its unit."""
        if self.quantity in (Quantity.TIMES_FASTER, Quantity.TIMES_AS_LONG):
            return f"× {self.value:.3g}"
        return _shown(self.value, self.ours.unit)

    @property
    def target(self) -> str:
        """The bound and whether it was kept."""
        if self.at_least is not None:
            return f"at least {self.at_least:g}: {'met' if self.value >= self.at_least else 'missed'}"
        if self.at_most is not None:
            return f"at most {self.at_most:g}: {'met' if self.value <= self.at_most else 'missed'}"
        return "none"


def as_text(row: Row) -> str:
    """A row as a paragraph."""
    sides = [("ours", row.ours), *([("reference", row.reference)] if row.reference else [])]
    lines = [f"{row.id}  {row.title}"]
    lines += [f"      {name:9}  {side}: {side.label}" for name, side in sides]
    lines += [f"      {row.quantity.value} = {row.shown_value}   (target: {row.target})"]
    lines += [f"      {note}" for note in row.notes]
    return "\n".join(lines)


def as_table(rows: Sequence[Row]) -> str:
    """Rows as a Markdown table of medians."""
    lines = ["| row | what | ours | reference | number | target |", "|---|---|---|---|---|---|"]
    for row in rows:
        reference = _shown(row.reference.median, row.reference.unit) if row.reference else ""
        ours = _shown(row.ours.median, row.ours.unit)
        number = f"{row.quantity.value} = {row.shown_value}"
        lines.append(f"| {row.id} | {row.title} | {ours} | {reference} | {number} | {row.target} |")
    return "\n".join(lines)


def _shown(value: float, unit: str) -> str:
    if unit == "s" and abs(value) < 1:
        return f"{value * 1e3:.3g} ms"
    return f"{value:.3g} {unit}"
