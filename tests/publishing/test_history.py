"""The figures of several versions: their history, and the lasting folder of each data table."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from generator.errors import GeneratorError
from generator.publishing.gate import check_site
from generator.publishing.git import git
from generator.publishing.policy import with_policy
from generator.publishing.versions import publish

from .conftest import Site

pytestmark = pytest.mark.slow

ADDRESS = "https://fluctuations.example/"
PAGE = with_policy(b"<meta charset=utf-8>", "").decode()
ABOUT = {"id": "fig-a", "title": "A", "alt": "a", "caption": "1 < 2.", "year": 2026}
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg"><title>{}</title></svg>'


def figure(identifier: str, table: str, drawing: str = "first") -> dict[str, str]:
    """The files of a figure's folder in a site."""
    suffixes = {".svg": DRAWING.format(drawing), "-dark.svg": DRAWING.format(f"dark {drawing}"), ".csv": table}
    files = {f"fig/{identifier}/{identifier}{suffix}": content for suffix, content in suffixes.items()}
    return {**files, f"fig/{identifier}/index.html": PAGE, f"fig/{identifier}/{identifier}.bib": drawing}


def with_list(files: Mapping[str, str], *identifiers: str) -> dict[str, str]:
    """A site's files with their list of figures."""
    figures = [{**ABOUT, "id": name, "title": f"Title <of> {name}", "alt": f'"{name}"'} for name in identifiers]
    return {**files, "figures.json": json.dumps({"figures": figures})}


def folder_of(table: str) -> str:
    return f"f/{hashlib.sha256(table.encode()).hexdigest()[:12]}"


def tree(root: Path, folder: str) -> dict[str, str]:
    names = git(root, "ls-tree", "-r", "--name-only", "--full-tree", f"gh-pages:{folder}").split("\n")
    return {name: git(root, "cat-file", "blob", f"gh-pages:{folder}/{name}") for name in names}


def history(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(git(root, "cat-file", "blob", "gh-pages:figures.json"))["figures"]
    return found


def export(root: Path, folder: Path) -> Path:
    """The whole branch as files."""
    folder.mkdir()
    git(root, f"--work-tree={folder}", "checkout", "gh-pages", "--", ".")
    git(root, "reset", "--quiet", "--hard")
    return folder


def test_history_names_the_versions_and_data_of_each_figure(repository: Path, site: Site) -> None:
    one = with_list({**figure("fig-a", "1"), **figure("fig-b", "2")}, "fig-a", "fig-b")
    two = with_list(figure("fig-a", "3"), "fig-a")
    publish(site("0.1", one), "0.1", root=repository)
    publish(site("0.2", two), "0.2", root=repository)

    found = history(repository)
    digest = hashlib.sha256(b"3").hexdigest()
    assert found["fig-a"]["versions"][0] == {
        "version": "0.2",
        "page": "0.2/fig/fig-a/",
        "data": digest,
        "pinned": f"f/{digest[:12]}/",
        "title": "Title <of> fig-a",
        "alt": '"fig-a"',
        "caption": "1 < 2.",
        "year": 2026,
        "status": "current",
        "told": "current",
        "change": None,
    }
    assert [entry["version"] for entry in found["fig-a"]["versions"]] == ["0.2", "0.1"]
    assert [entry["version"] for entry in found["fig-b"]["versions"]] == ["0.1"]


def told(root: Path) -> dict[str, dict[str, str]]:
    """What is told of each version of each figure."""
    return {
        name: {entry["version"]: entry["told"] for entry in figure["versions"]}
        for name, figure in history(root).items()
    }


def test_what_releases_change_is_told_of_those_before(repository: Path, site: Site) -> None:
    tables = {"0.1": "a,b\nx,1\ny,2\n", "0.2": "a,b\nx,1\ny,4\n", "0.3": "a,b\nx,1\n", "0.4": "a,b\nx,1\n"}
    for version, table in tables.items():
        publish(site(version, with_list(figure("fig-a", table), "fig-a")), version, root=repository)
    publish(site("dev", with_list(figure("fig-a", "new"), "fig-a")), "dev", root=repository)
    shape = "0.3 changed its number of rows from 2 to 1"
    assert told(repository)["fig-a"] == {
        "dev": "current",
        "0.4": "current",
        "0.3": "current",
        "0.2": f"superseded by 0.4; {shape}",
        "0.1": f"superseded by 0.4; 0.2 changed 1 of 4 values, the most b in y: 2 to 4; {shape}",
    }
    # Back to the first numbers, which hold again; and a release that no longer shows the figure.
    publish(site("0.5", with_list(figure("fig-a", tables["0.1"]), "fig-a")), "0.5", root=repository)
    assert told(repository)["fig-a"]["0.1"] == "current"
    publish(site("0.6"), "0.6", root=repository)
    assert told(repository)["fig-a"]["0.5"] == "superseded by 0.6; 0.6 no longer shows it"


def test_a_release_in_between_takes_the_blame(repository: Path, site: Site) -> None:
    for version, table in (("0.1", "a,b\nx,1\n"), ("0.3", "a,b\nx,3\n"), ("0.2", "a,b\nx,2\n")):
        publish(site(version, with_list(figure("fig-a", table), "fig-a")), version, root=repository)
    last = "0.3 changed 1 of 2 values, the most b in x: 2 to 3"
    assert told(repository)["fig-a"]["0.1"] == (
        f"superseded by 0.3; 0.2 changed 1 of 2 values, the most b in x: 1 to 2; {last}"
    )


def test_a_lasting_page_names_the_version_that_it_came_with(repository: Path, site: Site) -> None:
    publish(site("0.2", with_list(figure("fig-a", "1"), "fig-a")), "0.2", root=repository)
    page = tree(repository, folder_of("1"))["index.html"]
    publish(site("0.1", with_list(figure("fig-a", "1"), "fig-a")), "0.1", root=repository)
    assert tree(repository, folder_of("1"))["index.html"] == page
    # Even where a figure joins it later.
    files = with_list({**figure("fig-a", "1"), **figure("fig-b", "1")}, "fig-a", "fig-b")
    publish(site("0.3", files), "0.3", root=repository)
    page = tree(repository, folder_of("1"))["index.html"]
    assert "[Figure fig-a]. Fluctuations, version 0.1." in page
    assert "[Figure fig-b]. Fluctuations, version 0.3." in page


def test_of_a_preview_that_is_replaced_the_numbers_stay_known(repository: Path, site: Site) -> None:
    publish(site("dev", with_list(figure("fig-a", "1"), "fig-a")), "dev", root=repository)
    publish(site("dev", with_list(figure("fig-b", "1"), "fig-b")), "dev", root=repository)
    found = history(repository)
    assert found["fig-a"] == {"versions": [], "previews": [hashlib.sha256(b"1").hexdigest()], "notices": []}
    assert [entry["version"] for entry in found["fig-b"]["versions"]] == ["dev"]
    assert folder_of("1") in tree(repository, "status/fig-a")["index.html"]


def test_the_data_of_a_figure_has_an_address_that_only_grows(repository: Path, site: Site) -> None:
    publish(site("0.1", with_list(figure("fig-a", "1"), "fig-a")), "0.1", root=repository)
    first = tree(repository, folder_of("1"))
    assert set(first) == {"fig-a.svg", "fig-a-dark.svg", "fig-a.csv", "fig-a.bib", "index.html"}

    # Other data: another address, and nothing moves here.
    publish(site("0.2", with_list(figure("fig-a", "2"), "fig-a")), "0.2", root=repository)
    assert tree(repository, folder_of("1")) == first

    # The same data and drawings: nothing to add.
    publish(site("0.2.1", with_list(figure("fig-a", "1"), "fig-a")), "0.2.1", root=repository)
    assert tree(repository, folder_of("1")).keys() == first.keys()

    # The same data, drawn anew: the new drawings are added, and what cites the first release stays.
    publish(site("0.3", with_list(figure("fig-a", "1", "second"), "fig-a")), "0.3", root=repository)
    third = tree(repository, folder_of("1"))
    drawing = DRAWING.format("second")
    added = hashlib.sha256(drawing.encode()).hexdigest()[:12]
    assert third[f"{added}/fig-a.svg"] == drawing
    assert {name: third[name] for name in first} == first
    assert '<meta name="citation_title" content="Title &lt;of&gt; fig-a">' in first["index.html"]
    assert "[Figure fig-a]. Fluctuations, version 0.1. https://fluctuations.example/f/" in first["index.html"]
    assert len(third) == len(first) + 2


def test_figures_with_the_same_data_share_its_page(repository: Path, site: Site) -> None:
    files = with_list({**figure("fig-a", "1"), **figure("fig-b", "1")}, "fig-a", "fig-b")
    publish(site("dev", files), "dev", root=repository)
    page = tree(repository, folder_of("1"))["index.html"]
    assert "Title &lt;of&gt; fig-a" in page
    assert "Title &lt;of&gt; fig-b" in page
    assert page.count("data-status-of=") == 2
    # Where the second comes later, the page is the one thing that is written again.
    publish(site("0.1", with_list(figure("fig-c", "1"), "fig-c")), "0.1", root=repository)
    later = tree(repository, folder_of("1"))["index.html"]
    assert [f"Title &lt;of&gt; fig-{letter}" in later for letter in "abc"] == [True, True, True]


def test_the_published_root_is_a_site_without_faults(repository: Path, site: Site, tmp_path: Path) -> None:
    for version, drawing in (("0.1", "first"), ("0.2", "second"), ("dev", "third")):
        files = with_list({**figure("fig-a", "1", drawing), **figure("fig-b", version)}, "fig-a", "fig-b")
        home = {"index.html": PAGE, "sitemap.xml": "<urlset/>"}
        publish(
            site(version, {**files, **home}), version, root=repository, alias="latest" if version == "0.2" else None
        )
    assert check_site(export(repository, tmp_path / "published")) == []


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"figures.json": "{"}, "expected figures.json to list figures"),
        ({"figures.json": '{"figures": [{"id": "fig-a"}]}'}, "expected figures.json to list figures"),
        (
            {"figures.json": json.dumps({"figures": [{**ABOUT, "files": [{"path": "x.csv", "sha256": "0" * 64}]}]})},
            "figures.json: expected x.csv with SHA-256 000000000000, found no such file",
        ),
        (
            {
                "figures.json": json.dumps({"figures": [{**ABOUT, "files": [{"path": "x.csv", "sha256": "0" * 64}]}]}),
                "x.csv": "1",
            },
            "figures.json: expected x.csv with SHA-256 000000000000, found 6b86b273ff34",
        ),
        (with_list({}, "fig-a"), "expected the data of fig-a in fig/fig-a/fig-a.csv, found no such file"),
    ],
)
def test_a_list_that_does_not_fit_the_site_is_refused(
    repository: Path, site: Site, files: dict[str, str], message: str
) -> None:
    with pytest.raises(GeneratorError, match=message):
        publish(site("0.1", files), "0.1", root=repository)
