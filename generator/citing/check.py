"""The state of every citation of a site's figures in somebody's documents."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.citing.catalogue import Catalogue, CataloguedFigure, Edition, is_named
from generator.citing.documents import documents, files_in, read_passages
from generator.citing.mentions import CONFIGURATIONS, Inventory, Mention, inventories_in, mentions_in
from generator.citing.states import State, worst
from generator.errors import GeneratorError, UnknownNameError


@dataclass(frozen=True, kw_only=True)
class CheckedCitation:
    """A mention with its state; `detail` says why in words, `now` is the lasting address of the newest numbers."""

    mention: Mention
    state: State
    figure: str | None = None
    version: str | None = None
    detail: str = ""
    now: str | None = None

    def __str__(self) -> str:
        """One line, as compilers write it."""
        name = f"{self.figure} {self.version}" if self.figure else self.mention.text
        detail = f"; {self.detail}" if self.detail else ""
        now = f"; now {self.now}" if self.now and self.state is not State.CURRENT else ""
        return f"{self.mention.path}:{self.mention.line}: {self.state.value}: {name}{detail}{now}"

    def plain(self) -> dict[str, str | int | None]:
        """The JSON form."""
        return {
            "path": self.mention.path,
            "line": self.mention.line,
            "text": self.mention.text,
            "state": self.state.value,
            "figure": self.figure,
            "version": self.version,
            "detail": self.detail,
            "now": self.now,
        }


def check(paths: Sequence[Path], catalogue: Catalogue) -> list[CheckedCitation]:
    """Every citation in these files and folders with its state, in the order of files and lines."""
    address = catalogue.settings.address
    inventories = _inventories(paths, address)
    mentions = [
        mention
        for path in documents(paths)
        for passage in read_passages(path)
        for mention in mentions_in(path, passage, address, inventories)
    ]
    ordered = sorted(mentions, key=lambda mention: (mention.path, mention.line))
    checked = [judge(mention, catalogue) for mention in ordered]
    return [c for c in checked if not (c.state is State.UNKNOWN and c.mention.is_bare_digest)]


def as_json(checked: Sequence[CheckedCitation]) -> str:
    """Checked citations for programs."""
    return json.dumps([citation.plain() for citation in checked], indent=1, ensure_ascii=False)


def require_current(checked: Sequence[CheckedCitation]) -> None:
    """Refuse citations that do not hold as they stand."""
    stale = sum(citation.state is not State.CURRENT for citation in checked)
    if stale:
        raise GeneratorError(f"expected {len(checked)} citations to be current, found {stale} that are not")


def _inventories(paths: Sequence[Path], address: str) -> list[Inventory]:
    """The names of our versions in the configurations inside the folders that are scanned, and beside or above them."""
    inside = {file for path in paths if path.is_dir() for file in files_in(path) if file.name in CONFIGURATIONS}
    above = {folder / name for path in paths for folder in path.parents for name in CONFIGURATIONS}
    files = sorted(inside | {path for path in above if path.is_file()})
    return [found for path in files for found in inventories_in(path, path.read_text(errors="replace"), address)]


def judge(mention: Mention, catalogue: Catalogue) -> CheckedCitation:
    """The state of one mention."""
    if mention.data:
        return _judge_data(mention, mention.data, catalogue)
    try:
        figure = catalogue.figure(mention.figure or "")
        if not mention.version:
            return CheckedCitation(mention=mention, state=State.UNKNOWN, detail="names no version")
        edition = catalogue.edition(figure.id, mention.version)
    except UnknownNameError as error:
        return CheckedCitation(mention=mention, state=State.UNKNOWN, detail=str(error))
    return _judged(mention, figure, edition, catalogue)


def _judge_data(mention: Mention, data: str, catalogue: Catalogue) -> CheckedCitation:
    """By its numbers: the worst that is said of any version that shows them."""
    shown = [
        (figure, edition)
        for figure in catalogue.figures.values()
        for edition in figure.editions
        if is_named(edition.data, data)
    ]
    if not shown:
        return _judge_preview(mention, data, catalogue)
    state = worst(edition.state for _, edition in shown)
    figure, edition = next(pair for pair in shown if pair[1].state is state)
    return _judged(mention, figure, edition, catalogue)


def _judge_preview(mention: Mention, data: str, catalogue: Catalogue) -> CheckedCitation:
    """Numbers that no version shows any more: a preview that was replaced, or none of ours."""
    for figure in catalogue.figures.values():
        if any(is_named(preview, data) for preview in figure.previews):
            detail = "only a preview showed these numbers"
            now = _now(figure, catalogue)
            return CheckedCitation(
                mention=mention, state=State.SUPERSEDED, figure=figure.id, version="preview", detail=detail, now=now
            )
    return CheckedCitation(mention=mention, state=State.UNKNOWN, detail="no figure was published with these numbers")


def _judged(mention: Mention, figure: CataloguedFigure, edition: Edition, catalogue: Catalogue) -> CheckedCitation:
    return CheckedCitation(
        mention=mention,
        state=edition.state,
        figure=figure.id,
        version=edition.version,
        detail="" if edition.state is State.CURRENT else edition.told,
        now=_now(figure, catalogue),
    )


def _now(figure: CataloguedFigure, catalogue: Catalogue) -> str | None:
    """The lasting address of what the newest release shows, if it shows the figure at all."""
    newest = [edition for edition in figure.editions if edition.version == catalogue.newest]
    return f"{catalogue.settings.address}{newest[0].pinned}/" if newest else None
