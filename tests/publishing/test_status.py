"""Errata and withdrawals: declared in a committed file, told beside versions that stay as they are."""

import json
import shutil
from pathlib import Path

import pytest

from generator.citing.check import check
from generator.citing.states import Kind
from generator.errors import GeneratorError, UnknownNameError, UsageError
from generator.publishing.gate import check_site
from generator.publishing.git import commit_at, git
from generator.publishing.notices import FILE, declare, read_notices
from generator.publishing.versions import publish, publish_status, published_catalogue

from .conftest import Site, make_project, write_site
from .test_history import export, figure, history, with_list

pytestmark = pytest.mark.slow

BRANCH = "refs/heads/gh-pages"


@pytest.fixture(scope="module")
def releases(first_commit: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `.git` of a repository with two releases of a figure, the second with other numbers."""
    root = make_project(tmp_path_factory.mktemp("releases") / "project")
    shutil.copytree(first_commit, root / ".git")
    for version, table in (("0.1", "a,b\nx,1\n"), ("0.2", "a,b\nx,2\n")):
        files = with_list(figure("fig-a", table), "fig-a")
        publish(write_site(root, version, files), version, root=root, alias="latest")
    return root / ".git"


@pytest.fixture
def published(project: Path, releases: Path) -> Path:
    """A copy of the repository, to declare and publish in."""
    shutil.copytree(releases, project / ".git")
    return project


def commit(root: Path) -> None:
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "Declare")


def declare_in(root: Path, kind: Kind, *versions: str, reason: str = "The axis <was> wrong.") -> None:
    declare(root, published_catalogue(root).figure("fig-a"), kind, versions, reason, "2026-05-01")


def blob(root: Path, path: str) -> str:
    return git(root, "cat-file", "blob", f"gh-pages:{path}")


def test_a_notice_is_told_without_touching_a_version(published: Path) -> None:
    before = {name: git(published, "rev-parse", f"gh-pages:{name}") for name in ("0.1", "0.2", "latest", "f")}
    declare_in(published, Kind.ERRATUM, "0.1")
    with pytest.raises(GeneratorError, match="every change to be committed"):
        publish_status(root=published)
    commit(published)
    assert publish_status(root=published)
    assert not publish_status(root=published)
    assert {name: git(published, "rev-parse", f"gh-pages:{name}") for name in before} == before
    assert git(published, "log", "-1", "--format=%s", "gh-pages") == "Publish the status of figures"

    entries = history(published)["fig-a"]["versions"]
    superseded = "superseded by 0.2; 0.2 changed 1 of 2 values, the most b in x: 1 to 2"
    assert [(entry["status"], entry["told"]) for entry in entries] == [
        ("current", "current"),
        ("corrected", f"erratum of 2026-05-01: The axis <was> wrong.; {superseded}"),
    ]
    page = blob(published, "status/fig-a/index.html")
    assert "<strong>Erratum</strong> of 2026-05-01, 0.1: The axis &lt;was&gt; wrong." in page
    assert '<link rel="canonical" href="https://fluctuations.example/status/fig-a/">' in page


def test_a_withdrawal_of_all_versions_reaches_those_who_cite(published: Path, tmp_path: Path) -> None:
    declare_in(published, Kind.WITHDRAWAL, reason="  Wrong\n data. ")
    commit(published)
    publish_status(root=published)
    document = tmp_path / "a.md"
    pinned = history(published)["fig-a"]["versions"][0]["pinned"]
    document.write_text(f"https://fluctuations.example/{pinned}\nhttps://fluctuations.example/latest/fig/fig-a/\n")
    checked = check([document], published_catalogue(published))
    assert [citation.state.value for citation in checked] == ["withdrawn", "withdrawn"]
    assert checked[0].detail == "withdrawal of 2026-05-01: Wrong data."


def test_a_new_version_tells_what_was_declared(published: Path, site: Site) -> None:
    declare_in(published, Kind.ERRATUM, "0.2")
    commit(published)
    publish(site("0.3", with_list(figure("fig-a", "a,b\nx,2\n"), "fig-a")), "0.3", root=published)
    assert [entry["status"] for entry in history(published)["fig-a"]["versions"]] == [
        "current",
        "corrected",
        "superseded",
    ]


def test_notices_add_up_in_a_file_that_can_be_reviewed(published: Path) -> None:
    declare_in(published, Kind.ERRATUM, "0.1")
    declare_in(published, Kind.WITHDRAWAL)
    assert [n.kind for n in read_notices(published)["fig-a"]] == [Kind.ERRATUM, Kind.WITHDRAWAL]
    assert json.loads((published / FILE).read_text())["fig-a"][1] == {
        "kind": "withdrawal",
        "versions": ["0.2", "0.1"],
        "reason": "The axis <was> wrong.",
        "date": "2026-05-01",
    }


def test_what_does_not_exist_or_has_no_reason_cannot_be_declared(published: Path) -> None:
    catalogue = published_catalogue(published)
    with pytest.raises(UnknownNameError, match="unknown figure 'fig-b'; did you mean 'fig-a'"):
        catalogue.figure("fig-b")
    with pytest.raises(UsageError, match=r"unknown version of fig-a '0\.3'"):
        declare_in(published, Kind.ERRATUM, "0.3")
    with pytest.raises(GeneratorError, match="expected a reason"):
        declare_in(published, Kind.ERRATUM, reason=" ")
    assert not (published / FILE).exists()


def test_a_file_that_holds_no_notices_is_named(published: Path, site: Site) -> None:
    (published / "records").mkdir()
    (published / FILE).write_text('{"fig-a": [{"kind": "opinion"}]}')
    commit(published)
    before = commit_at(published, BRANCH)
    with pytest.raises(GeneratorError, match=r"records/notices\.json: expected notices by figure, found ValueError"):
        publish(site("0.3"), "0.3", root=published)
    assert commit_at(published, BRANCH) == before


def test_without_a_version_there_is_nothing_to_tell(repository: Path) -> None:
    with pytest.raises(GeneratorError, match="expected a published version to tell the status of, found none"):
        publish_status(root=repository)
    with pytest.raises(GeneratorError, match="expected a version on gh-pages, found none"):
        published_catalogue(repository)


def test_the_root_is_without_faults_and_needs_no_script(published: Path, tmp_path: Path) -> None:
    declare_in(published, Kind.ERRATUM, "0.1")
    commit(published)
    publish_status(root=published)
    folder = export(published, tmp_path / "exported")
    versions = ("0.1/", "0.2/", "latest/")
    assert [problem for problem in check_site(folder) if not problem.page.startswith(versions)] == []
    pinned = folder / history(published)["fig-a"]["versions"][1]["pinned"] / "index.html"
    assert '<a href="../../status/fig-a/" data-status-of="fig-a"' in pinned.read_text()
