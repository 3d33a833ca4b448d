"""The kinds of figures, and from a figure's specification to its plot: computing only, nothing is drawn."""

from collections.abc import Mapping, Sequence
from types import ModuleType

from generator.errors import UnknownNameError
from generator.figures import (
    article,
    comparison,
    doses,
    ensemble,
    grid,
    law,
    runs,
    shares,
    spread,
    three_curves,
)
from generator.figures.plot import Plot, Table
from generator.records.findings import ClaimFindings
from generator.records.record import Record
from generator.spec import Experiment, Figure

__all__ = ["KINDS", "Plot", "Table", "prepare"]

#: Each kind's module, with its `prepare` and its `draw`.
KINDS: Mapping[str, ModuleType] = {
    "article": article,
    "comparison": comparison,
    "doses": doses,
    "ensemble": ensemble,
    "grid": grid,
    "law": law,
    "runs": runs,
    "shares": shares,
    "spread": spread,
    "three-curves": three_curves,
}


def prepare(figure: Figure, experiment: Experiment, record: Record, findings: Sequence[ClaimFindings]) -> Plot:
    """Compute a figure of an experiment from its record and what was found in it."""
    if figure.kind not in KINDS:
        raise UnknownNameError(f"kind of figure {figure.id}", figure.kind, KINDS)
    plot: Plot = KINDS[figure.kind].prepare(figure, experiment, record, findings)
    return plot
