"""Five releases with changed results: every address keeps its bytes, and what each release changed has a page."""

import dataclasses
import functools
import hashlib
import html
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from generator.errors import GeneratorError
from generator.publishing.gate import check_site
from generator.publishing.git import commit_at, git
from generator.publishing.results import find_results
from generator.publishing.versions import publish
from generator.records import record as records
from tests.records.test_changes import CLAIM, EXPERIMENT, record, scaled

from .conftest import Site, make_project, write_site
from .test_history import export, figure

pytestmark = pytest.mark.slow

VERSIONS = [f"0.{number}" for number in range(1, 6)]


@functools.cache
def release(number: int) -> dict[str, str]:
    """The files of a release: its record and its figure are other ones in each, and one figure is always the same."""
    made = scaled(record(), CLAIM.primary.larger.condition, 1 + number / 4)
    made = dataclasses.replace(made, provenance={"versions": {"keras": f"3.{number}"}})
    files = {**figure("fig-a", f"a,b\nx,{number}\n", f"drawing {number}"), **figure("fig-b", "a,b\nx,0\n")}
    listed = [entry(name, files) for name in ("fig-a", "fig-b")]
    return {
        **files,
        "figures.json": json.dumps({"figures": listed}),
        f"records/{EXPERIMENT.id}.json": records.dumps(made),
    }


def entry(identifier: str, files: Mapping[str, str]) -> dict[str, object]:
    digests = {path: hashlib.sha256(content.encode()).hexdigest() for path, content in files.items()}
    return {
        "id": identifier,
        "title": f"Title of {identifier}",
        "alt": "a line",
        "caption": "A line.",
        "year": 2026,
        "files": [{"path": path, "sha256": sha256} for path, sha256 in digests.items() if f"/{identifier}/" in path],
    }


def addresses(root: Path, commit: str = "gh-pages") -> dict[str, str]:
    """What each lasting address of the branch answers with: all but what stands at the root and the latest copy."""
    listed = git(root, "ls-tree", "-r", "--full-tree", commit).split("\n")
    named = [line.split(" ")[2].split("\t") for line in listed]
    lasting = (*(f"{version}/" for version in VERSIONS), "f/", "changes/")
    return {path: name for name, path in named if path.startswith(lasting)}


@pytest.fixture(scope="module")
def published(first_commit: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All five releases; the tests leave them as they are."""
    root = make_project(tmp_path_factory.mktemp("releases") / "project")
    shutil.copytree(first_commit, root / ".git")
    for number, version in enumerate(VERSIONS, start=1):
        publish(write_site(root, version, release(number)), version, root=root, alias="latest")
    return root


def test_every_address_of_every_version_keeps_its_bytes(published: Path, project: Path) -> None:
    commits = git(published, "rev-list", "--reverse", "gh-pages").split("\n")
    assert len(commits) == len(VERSIONS)
    known: dict[str, str] = {}
    for commit in commits:
        now = addresses(published, commit)
        assert {path: now.get(path) for path in known} == known
        assert len(now) > len(known)
        known = now
    assert len([path for path in known if re.fullmatch(r"f/[0-9a-f]{12}/index\.html", path)]) == len(VERSIONS) + 1
    # A preview changes nothing of this, either.
    shutil.copytree(published / ".git", project / ".git")
    for number in (9, 8):
        publish(write_site(project, "dev", release(number)), "dev", root=project)
    now = addresses(project)
    assert {path: now.get(path) for path in known} == known


def test_a_released_version_cannot_be_altered(published: Path) -> None:
    before = commit_at(published, "refs/heads/gh-pages")
    altered = {**release(2), f"records/{EXPERIMENT.id}.json": "{}"}
    with pytest.raises(GeneratorError, match=rf"release 0\.2 to stay .*: records/{EXPERIMENT.id}\.json;"):
        publish(write_site(published, "0.2", altered), "0.2", root=published)
    assert not publish(write_site(published, "0.2", release(2)), "0.2", root=published).changed
    assert commit_at(published, "refs/heads/gh-pages") == before


def test_each_release_but_the_first_has_a_page_of_what_it_changed(published: Path, tmp_path: Path) -> None:
    folder = export(published, tmp_path / "exported")
    pages = sorted(path.relative_to(folder).as_posix() for path in folder.glob("changes/*/index.html"))
    assert pages == [f"changes/{version}/index.html" for version in VERSIONS[1:]]
    page = html.unescape((folder / pages[-1]).read_text())
    assert "<h1>Changes from 0.4 to 0.5</h1>" in page
    # Each pair's ratio grew from 2 to 2.25 times, which is 1.125-fold in the estimate.
    assert f"<td>{CLAIM.id}</td>\n<td>primary</td>" in page
    assert re.search(r"<td>×\s1\.1[23]</td>", page)
    assert "<code>3.4</code></td>\n<td><code>3.5</code>" in page
    assert page.count("<img") == 4
    assert 'src="../../0.4/fig/fig-a/fig-a.svg"' in page
    assert "fig-b" not in page
    own = ("0.", "latest/")
    assert [problem for problem in check_site(folder) if not problem.page.startswith(own)] == []
    status = (folder / "status" / "fig-a" / "index.html").read_text()
    assert '<a href="../../changes/0.2/">All that 0.2 changed</a>' in status


def test_the_page_of_a_release_is_written_once(repository: Path, site: Site) -> None:
    for number, version in enumerate(VERSIONS[:2], start=1):
        publish(site(version, release(number)), version, root=repository)
    page = addresses(repository)["changes/0.2/index.html"]
    template = repository / "templates" / "published" / "changes.html"
    template.write_text(template.read_text().replace("<h3>", "<h4>"))
    git(repository, "commit", "--quiet", "-am", "Another layout")
    publish(site("0.2", release(2)), "0.2", root=repository)
    publish(site("0.3", release(3)), "0.3", root=repository)
    assert addresses(repository)["changes/0.2/index.html"] == page


def test_results_are_of_versions_folders_and_commits(published: Path, tmp_path: Path) -> None:
    path = f"records/{EXPERIMENT.id}.json"
    assert find_results(published, "0.3").read(path) == release(3)[path].encode()
    assert find_results(published, "latest").address == "https://fluctuations.example/latest/"
    for folder in (tmp_path / "a", tmp_path / "b" / "site"):
        (folder / "records").mkdir(parents=True)
        (folder / path).write_text("x")
    for name in ("a", "b"):
        assert find_results(published, str(tmp_path / name)).read(path) == b"x"
    assert find_results(published, "main").read("mkdocs.yml") == (published / "mkdocs.yml").read_bytes()
    commit = git(published, "rev-parse", "main")
    assert (find_results(published, commit).name, find_results(published, ".").name) == (commit[:12], "this checkout")
    for unknown in ("0.9", "--all"):
        with pytest.raises(
            GeneratorError, match=rf"expected a published version, a folder or a commit, found '{unknown}'"
        ):
            find_results(published, unknown)
