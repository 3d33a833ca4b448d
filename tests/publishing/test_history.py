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

ADDRESS = "https://fluctuations.example/"
PAGE = with_policy(b"<meta charset=utf-8>", "").decode()
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg"><title>{}</title></svg>'


def figure(identifier: str, table: str, drawing: str = "first") -> dict[str, str]:
    """The files of a figure's folder in a site."""
    suffixes = {".svg": DRAWING.format(drawing), "-dark.svg": DRAWING.format(f"dark {drawing}"), ".csv": table}
    files = {f"fig/{identifier}/{identifier}{suffix}": content for suffix, content in suffixes.items()}
    return {**files, f"fig/{identifier}/index.html": PAGE, f"fig/{identifier}/{identifier}.bib": drawing}


def with_list(files: Mapping[str, str], *identifiers: str) -> dict[str, str]:
    """A site's files with their list of figures."""
    figures = [{"id": name, "title": f"Title <of> {name}", "alt": f'"{name}"', "page": ""} for name in identifiers]
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
    assert found["fig-a"]["title"] == "Title <of> fig-a"
    assert found["fig-a"]["versions"][0] == {
        "version": "0.2",
        "page": "0.2/fig/fig-a/",
        "data": digest,
        "pinned": f"f/{digest[:12]}/",
    }
    assert [entry["version"] for entry in found["fig-a"]["versions"]] == ["0.2", "0.1"]
    assert [entry["version"] for entry in found["fig-b"]["versions"]] == ["0.1"]


def test_a_replaced_version_takes_its_entries_along(repository: Path, site: Site) -> None:
    publish(site("dev", with_list(figure("fig-a", "1"), "fig-a")), "dev", root=repository)
    publish(site("dev", with_list(figure("fig-b", "1"), "fig-b")), "dev", root=repository)
    assert list(history(repository)) == ["fig-b"]


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
    assert {name: third[name] for name in first if name != "index.html"} == {
        name: content for name, content in first.items() if name != "index.html"
    }
    assert len(third) == len(first) + 2
    assert ">0.3</a>, <a href=" in third["index.html"]


def test_figures_with_the_same_data_share_its_page(repository: Path, site: Site) -> None:
    files = with_list({**figure("fig-a", "1"), **figure("fig-b", "1")}, "fig-a", "fig-b")
    publish(site("dev", files), "dev", root=repository)
    page = tree(repository, folder_of("1"))["index.html"]
    assert "Title &lt;of&gt; fig-a" in page
    assert "Title &lt;of&gt; fig-b" in page
    assert page.count("Not part of a release.") == 2


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
        (with_list({}, "fig-a"), "expected the data of fig-a in fig/fig-a/fig-a.csv, found no such file"),
    ],
)
def test_a_list_that_does_not_fit_the_site_is_refused(
    repository: Path, site: Site, files: dict[str, str], message: str
) -> None:
    with pytest.raises(GeneratorError, match=message):
        publish(site("0.1", files), "0.1", root=repository)
