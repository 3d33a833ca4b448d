"""A published list of figures with one of each state, written by hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from generator.citing.catalogue import Catalogue, parse_catalogue

ADDRESS = "https://figures.example/docs/"

SITE = {
    "name": "Figures",
    "description": "Figures to cite.",
    "address": ADDRESS,
    "authors": ["A. Author", "B. O'Neil"],
    "code_licence": {"name": "MIT", "url": "https://mit.example"},
    "content_licence": {"name": "CC BY 4.0", "url": "https://cc.example"},
}


def edition(version: str, figure: str, byte: str, status: str, told: str = "current") -> dict[str, Any]:
    """A version of a figure whose data has the digest `byte`, 32 times."""
    data = byte * 32
    return {
        "version": version,
        "page": f"{version}/fig/{figure}/",
        "data": data,
        "pinned": f"f/{data[:12]}/",
        "title": f"Title <of> {figure}",
        "alt": f"What {figure} shows: 1 < 2",
        "caption": f"Caption of {figure}.",
        "year": 2026,
        "status": status,
        "told": told,
        "change": None,
    }


def document() -> dict[str, Any]:
    """Three releases and a preview of four figures."""
    later = "0.3 changed 4 of 20 values"
    rate = [
        edition("dev", "fig-rate", "ad", "current"),
        edition("0.3", "fig-rate", "a3", "current"),
        edition("0.2", "fig-rate", "a2", "superseded", f"superseded by 0.3; {later}"),
        edition("0.1", "fig-rate", "a1", "superseded", f"superseded by 0.3; 0.2 changed 2 of 20 values; {later}"),
    ]
    batch = [
        edition("0.3", "fig-batch-size", "b3", "current"),
        edition("0.2", "fig-batch-size", "b2", "corrected", "erratum of 2026-05-01: The axis was wrong."),
    ]
    withdrawn = "withdrawal of 2026-06-01: Wrong data."
    stopping = [edition(version, "fig-early-stopping", "c1", "withdrawn", withdrawn) for version in ("0.3", "0.2")]
    gone = [edition("0.1", "fig-gone", "d1", "superseded", "superseded by 0.3; 0.2 no longer shows it")]
    erratum = {"kind": "erratum", "versions": ["0.2"], "reason": "The axis was wrong.", "date": "2026-05-01"}
    withdrawal = {"kind": "withdrawal", "versions": ["0.2", "0.3"], "reason": "Wrong data.", "date": "2026-06-01"}
    return {
        "site": SITE,
        "newest": "0.3",
        "aliases": {"latest": "0.3"},
        "figures": {
            "fig-rate": {"versions": rate, "notices": [], "previews": ["9d" * 32]},
            "fig-batch-size": {"versions": batch, "notices": [erratum], "previews": []},
            "fig-early-stopping": {"versions": stopping, "notices": [withdrawal], "previews": []},
            "fig-gone": {"versions": gone, "notices": [], "previews": []},
        },
    }


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A folder as it is published, with nothing but the list."""
    folder = tmp_path / "published"
    folder.mkdir()
    (folder / "figures.json").write_text(json.dumps(document()))
    return folder


@pytest.fixture
def catalogue() -> Catalogue:
    return parse_catalogue(json.dumps(document()).encode(), "figures.json")
