"""The description of a bundle as a research object: RO-Crate 1.2."""

import json
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import yaml

from generator.settings import Settings

#: The file that makes a folder a crate.
FILE = "ro-crate-metadata.json"

_SPECIFICATION = "https://w3id.org/ro/crate/1.2"

_TYPES = {
    ".bib": "application/x-bibtex",
    ".cff": "application/yaml",
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".zip": "application/zip",
}


def crate_metadata(files: Mapping[str, bytes], settings: Settings, version: str) -> bytes:
    """The crate of a bundle: every figure with its files, the record that it was made from, and what made it."""
    figures = json.loads(files["figures.json"])["figures"]
    date = str(yaml.safe_load(files["CITATION.cff"])["date-released"])
    entities = [*_frame(settings, version, date), *_parts(files, figures), *_actions(figures)]
    root = next(entity for entity in entities if entity["@id"] == "./")
    root["hasPart"] = [{"@id": entity["@id"]} for entity in entities if entity["@type"] == "File"]
    root["mentions"] = [{"@id": entity["@id"]} for entity in entities if entity["@type"] == "CreateAction"]
    crate = {"@context": f"{_SPECIFICATION}/context", "@graph": entities}
    return (json.dumps(crate, indent=1, ensure_ascii=False) + "\n").encode()


def _frame(settings: Settings, version: str, date: str) -> Iterator[dict[str, Any]]:
    """The descriptor, the whole, who made it, with what, and under which terms."""
    address = f"{settings.address}{version}/"
    authors = [{"@id": f"#author-{number}"} for number in range(1, len(settings.authors) + 1)]
    yield {
        "@id": FILE,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": _SPECIFICATION},
    }
    yield {
        "@id": "./",
        "@type": "Dataset",
        "name": f"{settings.name}, version {version}",
        "description": settings.description,
        "datePublished": date,
        "identifier": address,
        "url": address,
        "version": version,
        "author": authors,
        "license": {"@id": settings.content_licence.url},
        "mainEntity": {"@id": "index.html"},
    }
    for author, name in zip(authors, settings.authors, strict=True):
        yield {**author, "@type": "Organization", "name": name}
    for licence in (settings.content_licence, settings.code_licence):
        yield {"@id": licence.url, "@type": "CreativeWork", "name": licence.name}
    yield {
        "@id": "#generator",
        "@type": "SoftwareApplication",
        "name": settings.name,
        "version": version,
        "url": settings.address,
        "license": {"@id": settings.code_licence.url},
    }


def _parts(files: Mapping[str, bytes], figures: list[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every file that is worth naming: figures with their words, records, lists, the lock, and the first page."""
    about = {file["path"]: figure for figure in figures for file in figure["files"]}
    for path, content in sorted(files.items()):
        top = path.split("/")[0]
        if path in about or path == "index.html" or top in {"records", "lock"} or "/" not in path:
            entity = {"@id": path, "@type": "File", "name": PurePosixPath(path).name, "contentSize": str(len(content))}
            if media_type := _TYPES.get(PurePosixPath(path).suffix):
                entity["encodingFormat"] = media_type
            if path in about:
                entity |= {"name": f"{about[path]['title']} ({entity['name']})", "description": about[path]["alt"]}
            yield entity


def _actions(figures: list[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """What made each figure out of which record."""
    for figure in figures:
        yield {
            "@id": f"#make-{figure['id']}",
            "@type": "CreateAction",
            "name": f"Make {figure['id']}",
            "instrument": {"@id": "#generator"},
            "object": {"@id": figure["record"]},
            "result": [{"@id": file["path"]} for file in figure["files"]],
        }
