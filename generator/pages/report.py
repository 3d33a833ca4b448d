"""The report: every file of the documentation source and its navigation, from the inputs alone."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.citing import citations
from generator.citing.citations import Citation, digest_of_table
from generator.errors import UnknownNameError
from generator.figures.catalogue import Plot
from generator.figures.image import shown_size
from generator.figures.plot import table_csv
from generator.files import write_atomically
from generator.pages import inventories, tags
from generator.pages.bars import effects_on_roughness
from generator.pages.downloads import Downloads, make_downloads
from generator.pages.explorer import Explorer, explorer_files, explorers_of
from generator.pages.figure_files import drawings, family
from generator.pages.glossary import linked, read_glossary
from generator.pages.head import figure_head
from generator.pages.inputs import Inputs, Study
from generator.pages.llms import llms_text
from generator.pages.markdown import environment, render, unescaped_by_theme
from generator.records.findings import Finding
from generator.records.times import STAGES
from generator.spec import CHAPTERS, CONFIRMATORY, FAMILY_SIZE, MATERIAL_RATIO, METHOD, PILOT, REPLICATION

Progress = Callable[[int, str], Callable[[], None]]


@dataclass(frozen=True, kw_only=True)
class DrawnFigure:
    """A figure with its citation and the files that stand beside its page."""

    plot: Plot
    study: Study
    citation: Citation
    files: Mapping[str, bytes]
    width: int
    height: int

    @property
    def folder(self) -> str:
        """Where its page and files are, from the site's root."""
        return f"fig/{self.plot.id}"


@dataclass(frozen=True, kw_only=True)
class Report:
    """Files by path below the documentation's root, and the navigation in MkDocs' form."""

    files: Mapping[str, bytes]
    nav: list[Any]


def make_report(inputs: Inputs, root: Path, workers: int, progress: Progress) -> Report:
    """Draw what is not drawn yet and write every page, in memory."""
    figures = _drawn(inputs, root, workers, progress)
    downloads, explorers = make_downloads(inputs, root), explorers_of(inputs.studies)
    shared = _shared(inputs, figures, downloads, explorers)
    pages = dict(_pages(inputs, figures, shared, root / "templates"))
    files = {path: text.encode() for path, text in pages.items()}
    for figure in figures:
        files |= {f"{figure.folder}/{name}": content for name, content in figure.files.items()}
    for experiment, taken in downloads.items():
        files[f"records/{experiment}.json"] = taken.record
        files |= {f"{experiment}/{name}": content for name, content in taken.files.items()}
    files |= _evidence(inputs, root / "records")
    for asset in sorted((root / "templates" / "assets").rglob("*")):
        if asset.is_file():
            files[f"assets/{asset.relative_to(root / 'templates' / 'assets').as_posix()}"] = asset.read_bytes()
    files |= explorer_files(explorers)
    files |= _inventories([figure.citation for figure in figures], inputs.version)
    files["llms.txt"] = llms_text(inputs, f"{inputs.settings.address}{inputs.version}/").encode()
    files["CITATION.cff"] = citations.citation_file(inputs.settings, inputs.version, inputs.date).encode()
    files["figures.json"] = _json({"figures": [_figure_entry(figure) for figure in figures]})
    files["claims.json"] = _json({"claims": list(_claim_entries(inputs, figures))})
    return Report(files=files, nav=_nav(inputs))


def _evidence(inputs: Inputs, folder: Path) -> dict[str, bytes]:
    """What verdicts rest on beside the records: those of the repetitions, and the registrations."""
    found = ["registrations.json", *(f"replication/{study.experiment.id}.json" for study in inputs.studies)]
    return {f"records/{name}": (folder / name).read_bytes() for name in found if (folder / name).is_file()}


def write_report(report: Report, docs: Path) -> None:
    """Bring `docs` to exactly the report's files; what is the same already is not touched."""
    for path, content in report.files.items():
        target = docs / path
        if not target.is_file() or target.read_bytes() != content:
            write_atomically(target, content)
    for found in sorted(docs.rglob("*"), reverse=True):
        if found.is_file() and found.relative_to(docs).as_posix() not in report.files:
            found.unlink()
        elif found.is_dir() and not any(found.iterdir()):
            found.rmdir()


def _inventories(figures: Sequence[Citation], version: str) -> dict[str, bytes]:
    """The figures for the documentation tools of others."""
    return {
        "objects.inv": inventories.sphinx_inventory(figures, version),
        "myst.xref.json": inventories.myst_references(figures),
        **{inventories.myst_path(figure): inventories.myst_page(figure) for figure in figures},
    }


def _drawn(inputs: Inputs, root: Path, workers: int, progress: Progress) -> list[DrawnFigure]:
    pairs = [(study, plot) for study in inputs.studies for plot in study.plots]
    drawn = drawings([plot for _, plot in pairs], root / ".cache" / "figures", workers, progress)
    return [_figure(inputs, study, plot, files) for (study, plot), files in zip(pairs, drawn, strict=True)]


def citation_of(figure: str, inputs: Inputs) -> Citation:
    """The citation of one figure, without drawing it."""
    plots = {plot.id: plot for study in inputs.studies for plot in study.plots}
    if figure not in plots:
        raise UnknownNameError("figure", figure, plots)
    return _citation(inputs, plots[figure])


def _citation(inputs: Inputs, plot: Plot) -> Citation:
    return Citation(
        id=plot.id,
        title=plot.title,
        alt=plot.alt,
        version=inputs.version,
        year=inputs.year,
        data=digest_of_table(table_csv(plot.table)),
        settings=inputs.settings,
        caption=plot.caption,
    )


def _figure(inputs: Inputs, study: Study, plot: Plot, drawn: Mapping[str, bytes]) -> DrawnFigure:
    citation = _citation(inputs, plot)
    width, height = shown_size(drawn[f"{plot.id}.png"])
    files = family(plot, drawn, citation)
    return DrawnFigure(plot=plot, study=study, citation=citation, files=files, width=width, height=height)


def _pages(
    inputs: Inputs, figures: list[DrawnFigure], shared: Mapping[str, Any], templates: Path
) -> Iterator[tuple[str, str]]:
    """Every page's path and Markdown. A page of an experiment's own, if there is one, refines the general one."""
    jinja, glossary = environment(templates / "pages"), read_glossary(templates / "glossary.toml")
    shared = {**shared, "glossary": glossary}

    def page(names: Sequence[str], root: str, **values: Any) -> str:
        return linked(render(jinja, names, {**shared, **values, "root": root}), glossary, root)

    for name in ("index", "claims", "figures", "cite", "methods", "times", "larger"):
        yield f"{name}.md", page([f"{name}.md.jinja"], "")
    for name in ("find", "glossary"):  # lists of words: a link in each would be in the way
        yield f"{name}.md", render(jinja, [f"{name}.md.jinja"], {**shared, "root": ""})
    for study in inputs.studies:
        names = [f"experiments/{study.experiment.id}.md.jinja", "experiment.md.jinja"]
        yield f"{study.experiment.id}.md", page(names, "", study=study)
    for figure in figures:
        head = figure_head(figure.citation, f"{inputs.settings.address}{inputs.version}/{figure.folder}/")
        yield f"{figure.folder}/index.md", page(["figure.md.jinja"], "../../", figure=figure, head=head)


def _shared(
    inputs: Inputs,
    figures: list[DrawnFigure],
    downloads: Mapping[str, Downloads],
    explorers: Mapping[str, Explorer],
) -> dict[str, Any]:
    """What every page may speak of."""
    experiments = [study.experiment for study in inputs.studies]
    claims = [claims for study in inputs.studies for claims in study.claims]
    return {
        "inputs": inputs,
        "settings": inputs.settings,
        "studies": inputs.studies,
        "experiments": {experiment.id: experiment for experiment in experiments},
        "figures": {figure.plot.id: figure for figure in figures},
        "downloads": downloads,
        "explorers": explorers,
        "claims": {found.claim.id: found for found in claims},
        "causes": effects_on_roughness(claims),
        "study_of": {found.claim.id: study for study in inputs.studies for found in study.claims},
        "kinds": tags.KINDS,
        "find": tags.index(experiments),
        "stages": STAGES,
        "citation_formats": citations.FORMATS,
        "family_size": FAMILY_SIZE,
        "material_ratio": MATERIAL_RATIO,
        "seeds": {"confirmatory": CONFIRMATORY, "replication": REPLICATION, "pilot": PILOT},
    }


def _nav(inputs: Inputs) -> list[Any]:
    chapters: dict[str, list[Any]] = {name: [] for name in CHAPTERS}
    for experiment in (study.experiment for study in inputs.studies):
        chapters[experiment.chapter].append({unescaped_by_theme(experiment.title): f"{experiment.id}.md"})
    return [
        {"Home": "index.md"},
        {"Find your curve": "find.md"},
        *({name: pages} for name, pages in chapters.items() if pages and name != METHOD),
        {"Claims": "claims.md"},
        {"Figures": [{"All figures": "figures.md"}, {"Cite these figures": "cite.md"}]},
        {
            METHOD: [
                {"Methods": "methods.md"},
                {"Glossary": "glossary.md"},
                *chapters[METHOD],
                {"Computation times": "times.md"},
                {"Larger than one machine": "larger.md"},
            ]
        },
    ]


def _figure_entry(figure: DrawnFigure) -> dict[str, Any]:
    return {
        "id": figure.plot.id,
        "title": figure.plot.title,
        "page": f"{figure.folder}/",
        "files": [
            {"path": f"{figure.folder}/{name}", "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
            for name, content in sorted(figure.files.items())
        ],
        "alt": figure.plot.alt,
        "caption": figure.plot.caption,
        "year": figure.citation.year,
        "citation": citations.text(figure.citation),
        "url": figure.citation.url,
        "record": f"records/{figure.study.experiment.id}.json",
    }


def _claim_entries(inputs: Inputs, figures: list[DrawnFigure]) -> Iterator[dict[str, Any]]:
    for study in inputs.studies:
        own = [figure.plot.id for figure in figures if figure.study is study]
        for claims in study.claims:
            for finding in claims.findings:
                yield _claim_entry(finding, own)


def _claim_entry(finding: Finding, figures: list[str]) -> dict[str, Any]:
    estimate = finding.estimate
    return {
        "id": finding.claim.id,
        "comparison": finding.name,
        "statement": finding.claim.statement,
        "lines": list(finding.claim.lines),
        "data_set": finding.data_set,
        "estimate": _plain(finding.told(estimate.estimate)),
        "interval": [_plain(finding.told(value)) for value in (estimate.lower, estimate.upper)],
        "unit": "ratio" if finding.is_ratio else finding.comparison.unit,
        "n": estimate.n,
        "p": estimate.p,
        "p_holm": finding.p_holm,
        "verdict": finding.verdict.value,
        "figures": figures,
    }


def _plain(value: float) -> float | str:
    """A number as JSON has it; JSON knows no infinity."""
    return value if abs(value) < float("inf") else str(value)


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
