"""What is drawn, computed before anything is drawn: the words and numbers of one figure."""

import csv
import io
from dataclasses import dataclass
from typing import Any, TypeAlias

from generator.errors import GeneratorError
from generator.spec import Figure

Value: TypeAlias = str | int | float


@dataclass(frozen=True, kw_only=True)
class Table:
    """Exactly the plotted numbers, as they stand in the record; column names carry the units."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]

    def __post_init__(self) -> None:
        widths = {len(row) for row in self.rows} - {len(self.columns)}
        if widths:
            raise GeneratorError(f"expected rows of {len(self.columns)} values, found some of {sorted(widths)}")


@dataclass(frozen=True, kw_only=True)
class Plot:
    """One figure, ready to draw.

    `alt` says in one to three sentences what there is to see, with its numbers; `caption` lets the figure be read
    without its page. `payload` is what the kind's own `draw` needs; `claim`, for a comparison, the claim's id.
    """

    id: str
    kind: str
    title: str
    question: str
    alt: str
    caption: str
    table: Table
    payload: Any
    claim: str | None = None

    @classmethod
    def of(cls, figure: Figure, **computed: Any) -> "Plot":
        """The plot of a specified figure, with what its kind computed."""
        return cls(id=figure.id, kind=figure.kind, title=figure.title, question=figure.question, **computed)


def table_csv(table: Table) -> bytes:
    """The table as CSV in UTF-8, one line a row, numbers as they stand."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([table.columns, *table.rows])
    return text.getvalue().encode(errors="replace")
