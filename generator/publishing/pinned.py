"""The lasting folder of each data table, `f/<data>/`: named after its numbers, and nothing in it is ever replaced.

`<data>` is the beginning of the table's SHA-256. A drawing that changes is added beside the first one. Only where
another figure turns out to show the very same numbers is the folder's page written again, to show both.
"""

import hashlib
from collections.abc import Iterable, Sequence

from jinja2 import Environment

from generator.citing import citations
from generator.citing.catalogue import citation_of, pinned_folder
from generator.citing.citations import ADDRESS_DIGITS, Citation
from generator.pages.head import figure_head
from generator.publishing.git import Snapshot
from generator.publishing.history import History, PublishedFigure
from generator.settings import Settings

#: Later drawings are kept beside the first; the other files of a figure cite the version that they came with.
DRAWINGS = (".svg", ".png")


def pinned_files(
    figures: Iterable[PublishedFigure],
    history: History,
    published: Snapshot,
    settings: Settings,
    templates: Environment,
) -> dict[str, bytes]:
    """What a version adds to the lasting folders of its figures, by path on the branch."""
    figures = list(figures)
    added = {path: content for figure in figures for path, content in _new_files(figure, published).items()}
    for data in sorted({figure.data for figure in figures if f"{figure.folder}/{figure.id}.csv" in added}):
        names = {*published.under(pinned_folder(data)), *_inside(pinned_folder(data), added)} - {"index.html"}
        shown = _citations(data, history, settings)
        added[f"{pinned_folder(data)}/index.html"] = _page(shown, sorted(names), templates).encode()
    return added


def _inside(folder: str, paths: Iterable[str]) -> list[str]:
    return [path.removeprefix(f"{folder}/") for path in paths if path.startswith(f"{folder}/")]


def _new_files(figure: PublishedFigure, published: Snapshot) -> dict[str, bytes]:
    """The files that the figure's folder lacks; another drawing goes into a folder named after its own bytes."""
    known = published.under(figure.folder)
    if f"{figure.id}.csv" not in known:
        return {f"{figure.folder}/{name}": content for name, content in figure.files.items()}
    return {
        f"{figure.folder}/{hashlib.sha256(content).hexdigest()[:ADDRESS_DIGITS]}/{name}": content
        for name, content in figure.files.items()
        if name.endswith(DRAWINGS) and known.get(name) != published.name_of(content)
    }


def _citations(data: str, history: History, settings: Settings) -> list[Citation]:
    """The figures with these numbers, each as the first version shows it that has them."""
    return [
        citation_of(figure.id, editions[-1], settings)
        for figure in history.values()
        if (editions := [edition for edition in figure.editions if edition.data == data])
    ]


def _page(shown: Sequence[Citation], names: Sequence[str], templates: Environment) -> str:
    return templates.get_template("figure.html").render(
        figures=shown,
        texts=[citations.text(citation) for citation in shown],
        files=[name for name in names if "/" not in name],
        head=figure_head(shown[0], shown[0].url),
    )
