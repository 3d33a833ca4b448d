"""The files of a figure: drawn once and kept, with its data, its citations and all of them in one archive."""

import functools
import hashlib
import io
import json
import math
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import metadata
from multiprocessing import get_context
from pathlib import Path

from generator.citing import citations
from generator.citing.citations import Citation
from generator.figures.catalogue import Plot
from generator.figures.plot import Value
from generator.files import write_atomically
from generator.records.provenance import source_digest
from generator.spec import plain

#: From how many missing drawings on a second process pays for its start.
_WORTH_A_PROCESS = 4

_CHECKSUMS = "SHA256SUMS"


def drawings(
    plots: Sequence[Plot], cache: Path, workers: int, progress: Callable[[int, str], Callable[[], None]]
) -> list[dict[str, bytes]]:
    """Each plot's drawings and data table by file name; drawn only where `cache` has none, or a damaged one."""
    folders = [cache / drawing_key(plot) for plot in plots]
    found = {folder: files for folder in folders if (files := kept(folder)) is not None}
    missing = [(plot, folder) for plot, folder in zip(plots, folders, strict=True) if folder not in found]
    if missing:
        done = progress(len(missing), "drawing figures")
        for folder, files in _drawn(missing, workers):
            found[folder] = files
            done()
    return [found[folder] for folder in folders]


def _drawn(jobs: Sequence[tuple[Plot, Path]], workers: int) -> Iterator[tuple[Path, dict[str, bytes]]]:
    """Draw each plot, in processes if that pays; its folder, and its files once they are kept there."""
    if workers > 1 and len(jobs) >= _WORTH_A_PROCESS:
        with ProcessPoolExecutor(max_workers=workers, mp_context=get_context("spawn")) as pool:
            yield from pool.map(_draw, jobs)
    else:
        yield from map(_draw, jobs)


def _draw(job: tuple[Plot, Path]) -> tuple[Path, dict[str, bytes]]:
    from generator.figures.export import render

    plot, folder = job
    files = dict(sorted(render(plot).items()))
    keep(files, folder)
    return folder, files


def keep(files: Mapping[str, bytes], folder: Path) -> None:
    """Put a drawing's files and their checksums into a folder of the cache, which appears when it is complete."""
    aside = folder.with_name(f".{folder.name}")
    for left in (aside, folder):
        shutil.rmtree(left, ignore_errors=True)
    for name, content in {**files, _CHECKSUMS: checksums(files)}.items():
        write_atomically(aside / name, content)
    aside.replace(folder)


def kept(folder: Path) -> dict[str, bytes] | None:
    """A drawing's files as they were put into a folder of the cache; None where any is missing or has changed."""
    try:
        files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    except OSError:
        return None
    return files if files.pop(_CHECKSUMS, None) == checksums(files) else None


def checksums(files: Mapping[str, bytes]) -> bytes:
    """One line a file, as `sha256sum --check` reads it."""
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()


def drawing_key(plot: Plot) -> str:
    """SHA-256 of all that a drawing depends on: what it shows, the code that draws, and matplotlib."""
    ingredients = (repr(plot), *_drawing_code())
    return hashlib.sha256("\n".join(ingredients).encode()).hexdigest()


@functools.cache
def _drawing_code() -> tuple[str, str]:
    return source_digest(["generator.figures.export"]), metadata.version("matplotlib")


def family(plot: Plot, drawn: Mapping[str, bytes], citation: Citation) -> dict[str, bytes]:
    """Every file that stands beside a figure's page, by name."""
    about = {
        "id": plot.id,
        "title": plot.title,
        "question": plot.question,
        "caption": plot.caption,
        "alt": plot.alt,
        "citation": citations.text(citation),
        "url": citation.url,
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(drawn.items())},
        "columns": plot.table.columns,
        "rows": [[_finite(value) for value in row] for row in plot.table.rows],
    }
    files = {
        **drawn,
        f"{plot.id}.json": (json.dumps(plain(about), indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode(),
        f"{plot.id}.bib": citations.bibtex(citation).encode(),
        f"{plot.id}.csl.json": citations.csl(citation).encode(),
    }
    return {**files, f"{plot.id}.zip": archive(files)}


def _finite(value: Value) -> Value:
    """JSON knows no infinity: a diverged run's numbers are told in words."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def archive(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files whose bytes depend on nothing else."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            # A PNG is compressed already.
            packing = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            made.writestr(entry, files[name], compress_type=packing)
    return buffer.getvalue()
