"""The bundle: links that work from a folder, a crate that its library loads, checksums that hold, the same bytes."""

import hashlib
import io
import json
import subprocess
import zipfile
from pathlib import Path

import pytest
from rocrate.rocrate import ROCrate

from generator.citing.citations import citation_file
from generator.errors import GeneratorError
from generator.publishing.bundle import make_bundle, offline
from generator.publishing.policy import protected
from generator.settings import read_settings

from .conftest import ROOT

SETTINGS = read_settings(ROOT)

PAGE = """<!doctype html><meta charset="utf-8"><title>T</title>
<a class="x" href="{up}fig/fig-a/">figure</a> <a href="{up}fig/fig-a/#data">data</a> <a href="{up}.">home</a>
<a href="{up}fig/fig-a/fig-a.csv">file</a> <a href="#here">here</a> <a href="https://x.example/fig/">out</a>
<a href="">x</a>
<script id="__config" type="application/json">{{"base": "{up}.", "version": {{"provider": "mike"}}}}</script>
<script src="{up}assets/javascripts/bundle.01234567.min.js"></script>"""

INDEX = {"config": {}, "docs": [{"location": "", "title": "Home"}, {"location": "fig/fig-a/#data", "title": "Data"}]}


def site() -> dict[str, bytes]:
    """What a build makes, in small."""
    figure_files = {"fig/fig-a/fig-a.csv": "a,b\n1,2\n", "fig/fig-a/fig-a.svg": "<svg/>"}
    listed = [
        {"path": path, "sha256": hashlib.sha256(text.encode()).hexdigest(), "bytes": len(text)}
        for path, text in figure_files.items()
    ]
    figure = {"id": "fig-a", "title": "A", "alt": "a line", "files": listed, "record": "records/e.json"}
    files = {
        "index.html": PAGE.format(up=""),
        "fig/fig-a/index.html": PAGE.format(up="../../"),
        "404.html": PAGE.format(up="/0.1/"),
        "sitemap.xml": "<urlset/>",
        "search/search_index.json": json.dumps(INDEX),
        "figures.json": json.dumps({"figures": [figure]}),
        "records/e.json": "{}",
        "CITATION.cff": citation_file(SETTINGS, "0.1", "2026-11-24"),
        **figure_files,
    }
    return protected({name: text.encode() for name, text in files.items()})


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(make_bundle(site(), ROOT, SETTINGS, "0.1"))) as made:
        made.extractall(tmp_path)
    return tmp_path / "fluctuations-0.1"


def links(page: bytes) -> list[str]:
    return [part.split('"')[0] for part in page.decode().split('href="')[1:]]


def test_links_to_folders_name_the_pages_in_them() -> None:
    pages = offline(site())
    kept = ["#here", "https://x.example/fig/", ""]
    assert links(pages["index.html"]) == [
        "fig/fig-a/index.html", "fig/fig-a/index.html#data", "./index.html", "fig/fig-a/fig-a.csv", *kept,
    ]  # fmt: skip
    assert links(pages["fig/fig-a/index.html"]) == [
        "../../fig/fig-a/index.html", "../../fig/fig-a/index.html#data", "../.././index.html",
        "../../fig/fig-a/fig-a.csv", *kept,
    ]  # fmt: skip
    assert not {"404.html", "sitemap.xml"} & pages.keys()


def test_the_search_finds_files() -> None:
    pages = offline(site())
    script = pages["search/search_index.js"].decode()
    assert script.startswith("var __index = ")
    index = json.loads(script.removeprefix("var __index = "))
    assert [entry["location"] for entry in index["docs"]] == ["./index.html", "fig/fig-a/index.html#data"]
    assert json.loads(pages["search/search_index.json"]) == index
    page = pages["fig/fig-a/index.html"].decode()
    assert page.index('<script src="../../assets/offline.js">') < page.index("assets/javascripts/bundle")
    assert '"version": null' in page
    assert "Content-Security-Policy" not in page


def test_a_site_without_search_is_refused() -> None:
    with pytest.raises(GeneratorError, match="expected a search index of pages in the site, found 'search/"):
        offline({"index.html": b""})


def test_the_crate_loads_and_names_every_figure_record_and_lock(unpacked: Path) -> None:
    crate = ROCrate(unpacked)
    assert crate.name == "Fluctuations, version 0.1"
    assert str(crate.root_dataset["datePublished"]) == "2026-11-24"
    assert crate.root_dataset["license"].id == SETTINGS.content_licence.url
    assert crate.mainEntity.id == "index.html"
    files = {entity.id for entity in crate.get_by_type("File")}
    assert files >= {"fig/fig-a/fig-a.csv", "fig/fig-a/fig-a.svg", "records/e.json", "CITATION.cff", "lock/build.txt"}
    assert [name for name in files if not (unpacked / name).is_file()] == []
    assert {part.id for part in crate.root_dataset["hasPart"]} == files
    (action,) = crate.get_by_type("CreateAction")
    assert action["object"].id == "records/e.json"
    assert {result.id for result in action["result"]} == {"fig/fig-a/fig-a.csv", "fig/fig-a/fig-a.svg"}
    assert action["instrument"]["version"] == "0.1"


def test_checksums_hold_for_every_file(unpacked: Path) -> None:
    checked = subprocess.run(
        ["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=unpacked, capture_output=True, check=False
    )
    assert (checked.returncode, checked.stdout) == (0, b"")
    named = {line.split("  ")[1] for line in (unpacked / "SHA256SUMS").read_text().splitlines()}
    found = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    assert named == found - {"SHA256SUMS"}
    assert {"LICENSE", "LICENSES.md", "CITATION.cff", "assets/offline.js"} <= found


def test_the_same_site_gives_the_same_bytes() -> None:
    assert make_bundle(site(), ROOT, SETTINGS, "0.1") == make_bundle(site(), ROOT, SETTINGS, "0.1")
