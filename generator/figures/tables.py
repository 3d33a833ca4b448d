"""What changed between two data tables of one figure."""

import csv
import io
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A number that changed the most, relative to the larger of the two, and where it stands."""

    row: str
    column: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class TableChange:
    """`changed` of `values` cells differ; `largest` is one of them. `shape` tells of other rows or columns instead."""

    values: int
    changed: int
    largest: Cell | None = None
    shape: str = ""

    def __str__(self) -> str:
        """What the later table did, to follow its version's name."""
        if self.shape:
            return f"changed {self.shape}"
        if self.largest is None:
            return "changed no value"
        cell = self.largest
        where = f"{cell.column} in {cell.row}" if cell.row else cell.column
        return f"changed {self.changed} of {self.values} values, the most {where}: {cell.before} to {cell.after}"


def compare_tables(before: bytes, after: bytes) -> TableChange:
    """Compare two CSV files, the first row of which names the columns and the first column the rows."""
    old, new = _rows(before), _rows(after)
    if shape := _shape(old, new):
        return TableChange(values=0, changed=0, shape=shape)
    pairs = list(_pairs(old, new))
    differing = [cell for cell in pairs if cell.before != cell.after]
    return TableChange(values=len(pairs), changed=len(differing), largest=max(differing, key=_size, default=None))


def _rows(table: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table.decode("utf-8", "replace"))))


def _shape(old: list[list[str]], new: list[list[str]]) -> str:
    if old[:1] != new[:1]:
        return "its columns"
    if len(old) != len(new):
        return f"its number of rows from {len(old) - 1} to {len(new) - 1}"
    return ""


def _pairs(old: list[list[str]], new: list[list[str]]) -> Iterator[Cell]:
    for before, after in zip(old[1:], new[1:], strict=True):
        row = _label(old[0], after)
        for column, *values in zip(old[0], before, after, strict=False):
            yield Cell(row=row, column=column, before=values[0], after=values[1])


def _label(columns: list[str], row: list[str]) -> str:
    """What a row is called: by its first words, or by its first number and what that counts."""
    if len(columns) < 2:
        return ""
    words = list(itertools.takewhile(lambda cell: not _is_number(cell), row[:-1]))
    return " ".join(filter(None, words)) or f"{columns[0]} {row[0]}"


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _size(cell: Cell) -> float:
    """How much a number changed, relative to the larger; words that changed count as much as can be."""
    if not (_is_number(cell.before) and _is_number(cell.after)):
        return math.inf
    before, after = float(cell.before), float(cell.after)
    largest = max(abs(before), abs(after))
    return abs(after - before) / largest if math.isfinite(largest) else math.inf
