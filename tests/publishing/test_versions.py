"""Publishing into scratch repositories: what the branch holds, what is refused, and what a race or a kill leaves."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from generator.errors import GeneratorError, UsageError
from generator.publishing import git as git_module
from generator.publishing import versions
from generator.publishing.git import commit_at, git, swap_reference
from generator.publishing.tree import seal
from generator.publishing.versions import publish, require_publishable, version_site_url

from .conftest import Site

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
BRANCH = "refs/heads/gh-pages"

PUBLISH = """
import sys
from pathlib import Path
from generator.publishing.versions import publish
root, version = Path(sys.argv[1]), sys.argv[2]
publish(root / "site" / version, version, root=root)
"""


def published(root: Path, folder: str = "") -> dict[str, str]:
    """The text of every file on the branch, by path below a folder."""
    names = git(root, "ls-tree", "-r", "--name-only", "--full-tree", f"{BRANCH}:{folder}").split("\n")
    return {name: git(root, "cat-file", "blob", f"{BRANCH}:{folder}{name}") for name in names}


def commits(root: Path) -> list[str]:
    """The messages on the branch, the newest first."""
    return git(root, "log", "--format=%s", BRANCH).split("\n")


def listed(root: Path) -> dict[str, list[str]]:
    """The versions in `versions.json` with their aliases, in order."""
    return {entry["version"]: entry["aliases"] for entry in json.loads(published(root)["versions.json"])}


def folders(root: Path) -> set[str]:
    """The folders at the root of the branch."""
    return set(git(root, "ls-tree", "-d", "--name-only", BRANCH).split("\n"))


def start(root: Path, version: str, **environment: str) -> "subprocess.Popen[bytes]":
    """Publish in a process of its own."""
    command = [sys.executable, "-c", PUBLISH, str(root), version]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})


def test_the_first_version_is_one_commit_with_everything_beside_it(repository: Path, site: Site) -> None:
    made = publish(site("0.1", {"a/b.txt": "é"}), "0.1", root=repository, alias="latest")
    assert (made.version, made.alias, made.address) == ("0.1", "latest", "https://fluctuations.example/0.1/")
    assert (made.changed, made.pushed, made.commit) == (True, False, commit_at(repository, BRANCH))
    assert str(made) == (
        f"published 0.1 with alias latest: https://fluctuations.example/0.1/, {made.commit[:12]}, not pushed"
    )
    assert commits(repository) == ["Publish 0.1"]
    assert git(repository, "log", "-1", "--format=%an %ae", BRANCH) == "Tester tester@example.org"

    files = published(repository)
    assert (
        published(repository, "0.1/")
        == published(repository, "latest/")
        == {"a/b.txt": "é", "index.html": "<h1>0.1</h1>"}
    )
    assert {name for name in files if "/" not in name} == {
        ".nojekyll", "figures.json", "index.html", "sitemap.xml", "versions.json",
    }  # fmt: skip
    # As mike writes it, to the byte.
    assert git(repository, "cat-file", "-p", f"{BRANCH}:versions.json") == (
        '[\n  {\n    "version": "0.1",\n    "title": "0.1",\n    "aliases": [\n      "latest"\n    ]\n  }\n]'
    )
    assert 'data-target="latest/"' in files["index.html"]
    assert "<loc>https://fluctuations.example/0.1/sitemap.xml</loc>" in files["sitemap.xml"]
    assert git(repository, "status", "--porcelain") == ""
    assert git(repository, "branch", "--format=%(refname:short)").split() == ["gh-pages", "main"]


def test_versions_stand_side_by_side_and_an_alias_moves(repository: Path, site: Site) -> None:
    publish(site("0.9"), "0.9", root=repository, alias="latest")
    publish(site("0.10"), "0.10", root=repository, alias="latest")
    publish(site("dev"), "dev", root=repository)
    assert listed(repository) == {"dev": [], "0.10": ["latest"], "0.9": []}
    assert folders(repository) == {"0.9", "0.10", "dev", "latest"}
    assert published(repository, "latest/") == published(repository, "0.10/")
    assert "dev" not in published(repository)["sitemap.xml"]
    assert commits(repository) == ["Publish dev", "Publish 0.10", "Publish 0.9"]


def test_the_root_leads_to_the_newest_release_where_there_is_no_alias(repository: Path, site: Site) -> None:
    publish(site("dev"), "dev", root=repository)
    assert 'data-target="dev/"' in published(repository)["index.html"]
    publish(site("0.1"), "0.1", root=repository)
    assert 'data-target="0.1/"' in published(repository)["index.html"]


def test_the_same_bytes_again_change_nothing(repository: Path, site: Site) -> None:
    first = publish(site("0.1", {"x.txt": "1"}), "0.1", root=repository, alias="latest")
    again = publish(site("0.1", {"x.txt": "1"}), "0.1", root=repository)
    assert (again.changed, again.commit) == (False, first.commit)
    assert str(again).startswith("0.1 is already published: ")
    assert listed(repository) == {"0.1": ["latest"]}


def test_what_is_looked_for_at_the_root_is_that_of_the_version_that_leads(repository: Path, site: Site) -> None:
    names = ("404.html", "llms.txt")
    for version, alias in (("0.1", "latest"), ("dev", None), ("0.2", None)):
        publish(site(version, dict.fromkeys(names, version)), version, root=repository, alias=alias)
    assert [published(repository)[name] for name in names] == ["0.1", "0.1"]
    publish(site("0.2", dict.fromkeys(names, "0.2")), "0.2", root=repository, alias="latest")
    assert [published(repository)[name] for name in names] == ["0.2", "0.2"]


@pytest.mark.parametrize("version", ["0.1", "v2", "2026"])
def test_a_release_is_never_altered(repository: Path, site: Site, version: str) -> None:
    files = {f"{letter}.txt": "1" for letter in "abcdefgh"}
    first = publish(site(version, files), version, root=repository)
    changed = dict.fromkeys(files, "2") | {"new.txt": ""}
    with pytest.raises(GeneratorError) as caught:
        publish(site(version, changed), version, root=repository)
    assert f"release {version} to stay" in str(caught.value)
    assert "9 differing files: a.txt, b.txt, c.txt, d.txt, e.txt and 4 more" in str(caught.value)
    with pytest.raises(GeneratorError, match=r"1 differing files: h\.txt;"):
        publish(site(version, {name: "1" for name in files if name != "h.txt"}), version, root=repository)
    assert commit_at(repository, BRANCH) == first.commit


def test_what_is_no_release_may_be_replaced_with_its_alias(repository: Path, site: Site) -> None:
    publish(site("dev", {"old.txt": ""}), "dev", root=repository, alias="next")
    made = publish(site("dev", {"new.txt": ""}), "dev", root=repository)
    assert made.changed
    assert set(published(repository, "dev/")) == set(published(repository, "next/")) == {"index.html", "new.txt"}


@pytest.mark.parametrize(
    "name",
    [".git", "a b", "../x", "", ".", "..", "A", "a/b", "-x", "x" * 65, "é", "a\n", "f", "versions.json", "latest"],
)
def test_an_unfit_version_name_is_refused(repository: Path, site: Site, name: str) -> None:
    with pytest.raises(UsageError):
        version_site_url(repository, name)
    with pytest.raises(UsageError):
        publish(site("0.1"), name, root=repository)
    assert commit_at(repository, BRANCH) is None


@pytest.mark.parametrize("alias", ["0.1", "v1", "..", "f", "a b"])
def test_an_unfit_alias_is_refused(repository: Path, site: Site, alias: str) -> None:
    with pytest.raises(UsageError):
        publish(site("0.1"), "0.1", root=repository, alias=alias)


def test_a_name_is_a_version_or_an_alias_but_not_both(repository: Path, site: Site) -> None:
    publish(site("dev"), "dev", root=repository, alias="next")
    with pytest.raises(GeneratorError, match="already exists"):
        publish(site("next"), "next", root=repository)
    with pytest.raises(GeneratorError, match="already specified as a version"):
        publish(site("0.1"), "0.1", root=repository, alias="dev")
    with pytest.raises(GeneratorError, match="expected one alias at most for dev, found latest, next"):
        publish(site("dev"), "dev", root=repository, alias="latest")


def test_a_dirty_tree_is_refused(repository: Path, site: Site) -> None:
    (repository / "new.txt").write_text("")
    (repository / "mkdocs.yml").write_text((repository / "mkdocs.yml").read_text() + "\n")
    with pytest.raises(GeneratorError, match=r"committed before publishing, found 2: mkdocs\.yml, new\.txt$"):
        require_publishable(repository, "0.1")
    with pytest.raises(GeneratorError, match="committed before publishing"):
        publish(site("0.1"), "0.1", root=repository)


def test_a_folder_without_git_is_refused(project: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(GeneratorError, match="to be a git repository, found none"):
        publish(site("0.1"), "0.1", root=project)
    monkeypatch.setenv("PATH", str(project))
    with pytest.raises(GeneratorError, match="expected git to be installed"):
        publish(site("0.1"), "0.1", root=project)


def test_a_configuration_without_address_or_author_is_refused(repository: Path, site: Site) -> None:
    folder = site("0.1")
    configuration = repository / "mkdocs.yml"
    configuration.write_text(configuration.read_text().replace("      - The Fluctuations authors", "      []"))
    with pytest.raises(GeneratorError, match=r"authors in mkdocs\.yml to list at least one author"):
        publish(folder, "0.1", root=repository)


def test_without_a_name_for_commits_nothing_is_written(repository: Path, site: Site) -> None:
    git(repository, "config", "--unset", "user.name")
    with pytest.raises(GeneratorError, match=r"to write a commit, found: error getting config 'user\.name'"):
        publish(site("0.1"), "0.1", root=repository)
    assert git(repository, "branch", "--format=%(refname:short)") == "main"


def test_only_the_site_that_was_built_for_this_address_and_checked_is_published(repository: Path, site: Site) -> None:
    with pytest.raises(GeneratorError, match="found none; build it first"):
        publish(repository / "site" / "none", "0.1", root=repository)
    with pytest.raises(GeneratorError, match=r"built for https://fluctuations\.example/0\.2/, found one for .*/0\.1/"):
        publish(site("0.1"), "0.2", root=repository)
    folder = site("0.1")
    (folder / "index.html").write_text("edited")
    with pytest.raises(GeneratorError, match="found changed files"):
        publish(folder, "0.1", root=repository)


def test_hidden_files_stay_out(repository: Path, site: Site) -> None:
    folder = site("0.1", {".hidden/x.txt": "", ".gitignore": "*", "a.txt": ""})
    publish(folder, "0.1", root=repository)
    assert set(published(repository, "0.1/")) == {"index.html", "a.txt"}


def test_publishing_does_not_depend_on_where_it_is_called_or_on_permissions(
    repository: Path, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = site("0.1")
    (folder / "index.html").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    publish(folder, "0.1", root=repository)
    assert git(repository, "ls-tree", f"{BRANCH}:0.1").startswith("100644 ")
    assert Path.cwd() == tmp_path


def test_a_lost_race_is_run_again(repository: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(site("0.1"), "0.1", root=repository)
    lost: list[str] = []

    def slow_swap(root: Path, reference: str, new: str, old: str | None) -> bool:
        # Somebody who does not hold our lock is faster, once.
        if not lost:
            other = git(root, "commit-tree", f"{old}^{{tree}}", "-p", str(old), "-m", "Another hand")
            git(root, "update-ref", reference, other)
            lost.append(new)
        return swap_reference(root, reference, new, old)

    monkeypatch.setattr(versions, "swap_reference", slow_swap)
    publish(site("0.2"), "0.2", root=repository)
    assert lost
    assert commits(repository) == ["Publish 0.2", "Another hand", "Publish 0.1"]
    assert listed(repository).keys() == {"0.2", "0.1"}


def test_ten_who_publish_at_once_all_succeed(repository: Path, site: Site) -> None:
    names = [f"0.{number}" for number in range(10)]
    for name in names:
        site(name, {"name.txt": name})
    running = [start(repository, name) for name in names]
    assert [process.wait(60) for process in running] == [0] * 10
    assert set(listed(repository)) == folders(repository) == set(names)
    assert all(published(repository, f"{name}/")["name.txt"] == name for name in names)
    assert sorted(commits(repository)) == [f"Publish {name}" for name in names]


@pytest.mark.parametrize(
    ("command", "moment", "landed"),
    [
        ("update-ref refs/heads/publishing-in-progress", "after", False),
        ("fast-import", "during", False),
        ("rev-parse --verify refs/heads/publishing-in-progress", "before", False),
        ("update-ref refs/heads/gh-pages", "before", False),
        ("update-ref refs/heads/gh-pages", "after", True),
    ],
)
def test_a_kill_leaves_the_old_or_the_new_commit(
    repository: Path, site: Site, tmp_path: Path, command: str, moment: str, landed: bool
) -> None:
    publish(site("0.1"), "0.1", root=repository)
    # In git's place: kills who called it, before, while or after doing what was asked.
    imposter = tmp_path / "bin" / "git"
    imposter.parent.mkdir()
    kill, run = "kill -9 $PPID", '"$git" "$@"'
    steps = {"before": kill, "during": f"{kill}; {run}", "after": f"{run}; {kill}"}[moment]
    script = f'case "$*" in *"{command}"*) {steps};; *) exec {run};; esac'
    imposter.write_text(f"#!/bin/sh\ngit='{shutil.which('git')}'\n{script}\n")
    imposter.chmod(0o755)

    site("0.2", {"a.txt": "x" * 100_000})
    process = start(repository, "0.2", PATH=f"{imposter.parent}{os.pathsep}{os.environ['PATH']}")
    assert process.wait(60) == -signal.SIGKILL
    expected = {"0.2", "0.1"} if landed else {"0.1"}
    assert set(listed(repository)) == folders(repository) == expected

    publish(site("0.3"), "0.3", root=repository)
    assert set(listed(repository)) == folders(repository) == {"0.3", *expected}
    assert git(repository, "branch", "--format=%(refname:short)").split() == ["gh-pages", "main"]
    git(repository, "fsck", "--strict", "--no-dangling")


@pytest.mark.parametrize("name", ["refs/heads/gh-pages", "refs/heads/publishing-in-progress", "packed-refs"])
def test_the_lock_of_a_git_that_was_killed_is_broken(
    repository: Path, site: Site, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(git_module, "_LOCK_SECONDS", 0.05)
    publish(site("0.1"), "0.1", root=repository)
    (repository / ".git" / f"{name}.lock").touch()
    publish(site("0.2"), "0.2", root=repository)
    assert folders(repository) == {"0.2", "0.1"}


class TestRemote:
    @pytest.fixture
    def remote(self, repository: Path, tmp_path: Path) -> Path:
        path = tmp_path / "remote.git"
        git(repository, "init", "--quiet", "--bare", str(path))
        git(repository, "remote", "add", "origin", str(path))
        git(repository, "push", "--quiet", "origin", "main")
        return path

    @pytest.fixture
    def other(self, remote: Path, tmp_path: Path) -> Path:
        path = tmp_path / "other"
        git(remote, "clone", "--quiet", "--branch=main", str(remote), str(path))
        git(path, "config", "user.name", "Other")
        git(path, "config", "user.email", "other@example.org")
        return path

    def site_of(self, root: Path, version: str) -> Path:
        folder = root / "site" / version
        folder.mkdir(parents=True)
        (folder / "index.html").write_text(version)
        seal(folder, f"https://fluctuations.example/{version}/")
        return folder

    def test_nothing_leaves_the_repository_unless_asked(self, repository: Path, site: Site, remote: Path) -> None:
        publish(site("0.1"), "0.1", root=repository)
        assert commit_at(remote, BRANCH) is None
        made = publish(site("0.1"), "0.1", root=repository, push=True)
        assert (made.changed, made.pushed) == (False, True)
        assert commit_at(remote, BRANCH) == commit_at(repository, BRANCH) == made.commit

    def test_a_clone_continues_what_others_published(
        self, repository: Path, site: Site, other: Path, remote: Path
    ) -> None:
        publish(site("0.1"), "0.1", root=repository, push=True)
        publish(self.site_of(other, "0.2"), "0.2", root=other, push=True)
        publish(site("0.3"), "0.3", root=repository, push=True)
        assert set(listed(remote)) == folders(remote) == {"0.1", "0.2", "0.3"}
        with pytest.raises(GeneratorError, match=r"release 0\.3 to stay"):
            publish(self.site_of(other, "0.3"), "0.3", root=other, push=True)

    def test_a_push_that_comes_second_is_run_again(
        self, repository: Path, site: Site, other: Path, remote: Path
    ) -> None:
        publish(site("0.1"), "0.1", root=repository, push=True)
        git(other, "fetch", "--quiet")
        publish(self.site_of(other, "0.2"), "0.2", root=other)
        hook = repository / ".git" / "hooks" / "pre-push"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\nunset GIT_DIR\ngit -C '{other}' push --quiet origin gh-pages\n")
        hook.chmod(0o755)
        publish(site("0.3"), "0.3", root=repository, push=True)
        assert set(listed(remote)) == {"0.1", "0.2", "0.3"}
        assert commit_at(remote, BRANCH) == commit_at(repository, BRANCH)

    def test_diverged_branches_are_refused(self, repository: Path, site: Site, other: Path) -> None:
        publish(site("0.1"), "0.1", root=repository, push=True)
        publish(self.site_of(other, "0.2"), "0.2", root=other)
        with pytest.raises(
            GeneratorError, match="gh-pages to continue origin/gh-pages, found that the two have diverged"
        ):
            publish(self.site_of(other, "0.3"), "0.3", root=other, push=True)

    def test_an_unreachable_remote_leaves_the_branch(self, repository: Path, site: Site) -> None:
        with pytest.raises(GeneratorError, match="expected 'git ls-remote' to succeed") as caught:
            publish(site("0.1"), "0.1", root=repository, push=True)
        assert "\n" not in str(caught.value)
        assert commit_at(repository, BRANCH) is None

    def test_a_push_that_is_forbidden_is_an_error(self, repository: Path, site: Site, remote: Path) -> None:
        hook = remote / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\nexit 1\n")
        hook.chmod(0o755)
        with pytest.raises(GeneratorError, match=r"expected 'git push' to succeed, found: .*declined"):
            publish(site("0.1"), "0.1", root=repository, push=True)
        assert commit_at(repository, BRANCH) is None


@pytest.mark.parametrize(
    ("name", "content"), [("versions.json", "{"), ("versions.json", '[{"version": "1"}]'), ("figures.json", "[]")]
)
def test_a_broken_root_file_is_named(repository: Path, site: Site, name: str, content: str) -> None:
    publish(site("0.1"), "0.1", root=repository)
    blob = git(repository, "hash-object", "-w", "--stdin", stdin=content.encode())
    tree = git(repository, "ls-tree", BRANCH).split("\n")
    lines = [line for line in tree if not line.endswith(f"\t{name}")] + [f"100644 blob {blob}\t{name}"]
    broken = git(repository, "mktree", stdin="".join(f"{line}\n" for line in lines).encode())
    git(repository, "update-ref", BRANCH, git(repository, "commit-tree", broken, "-m", "Broken"))
    with pytest.raises(GeneratorError, match=f"{name} on the published branch"):
        publish(site("0.2"), "0.2", root=repository)
