"""Measure every row, or those that are named: `python -m benchmarks [ROW...] [--markdown]`."""

import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click

from benchmarks import arithmetic, curves, growth, releases, sites
from benchmarks.comparison import Row, as_table, as_text
from generator.errors import GeneratorError

#: What each number measures; all share a folder for what they make.
MEASUREMENTS: dict[str, Sequence[Callable[[Path], Iterator[Row]]]] = {
    "1": (lambda _: curves.steady(), lambda _: curves.fresh()),
    "2": (lambda _: arithmetic.step(),),
    "3": (sites.cold, sites.whole),
    "4": (sites.unchanged,),
    "5": (sites.edited,),
    "6": (lambda _: growth.growth(),),
    "7": (releases.adding,),
}


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(MEASUREMENTS)), metavar="[ROW]...")
@click.option("--markdown", is_flag=True, help="Also print a table of the results.")
def main(names: Sequence[str], markdown: bool) -> None:
    """Measure performance side by side, row by row (all by default)."""
    click.echo(f"{_machine()}; {_load()}\n")
    with tempfile.TemporaryDirectory() as folder:
        rows = list(_measured(names or list(MEASUREMENTS), Path(folder)))
    click.echo(f"at the end, the benchmark itself included: {_load()}")
    if markdown:
        click.echo(f"\n{as_table(rows)}")


def _measured(names: Sequence[str], folder: Path) -> Iterator[Row]:
    for name in names:
        for measure in MEASUREMENTS[name]:
            for row in measure(folder):
                click.echo(f"{as_text(row)}\n")
                yield row


def _machine() -> str:
    """The class of machine, as far as times depend on it."""
    path = Path("/proc/cpuinfo")
    flags = path.read_text().split() if path.is_file() else []
    widest = next((name for name in ("avx512f", "avx2", "avx") if name in flags), "unknown vector instructions")
    return f"{os.cpu_count()} processors, {platform.machine()}, {widest}, Python {platform.python_version()}"


def _load() -> str:
    return f"load average {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "load average unknown"


if __name__ == "__main__":
    try:
        main()
    except GeneratorError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)
