"""The built and checked site becomes a version beside the others, in one commit on the published branch.

The branch is laid out as mike does it, and written through mike: a folder per version, copies of it for aliases, and
`versions.json`. A commit is prepared aside and takes effect when the branch's reference is swapped, if that still names
the commit it was prepared on; so a reader never sees half a version, and two who publish at once both succeed.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import filelock
import mike.git_utils

from generator.citing.catalogue import Catalogue, parse_catalogue
from generator.errors import GeneratorError
from generator.publishing.git import (
    GitError,
    Snapshot,
    break_locks,
    commit_at,
    git,
    is_ancestor,
    read_file,
    require_committed,
    require_repository,
    snapshot,
    swap_reference,
)
from generator.publishing.layout import Plan, plan_status, plan_version, require_unaltered
from generator.publishing.names import require_alias_name, require_version_name
from generator.publishing.tree import digest_of_files, published_files, read_seal
from generator.settings import read_settings

#: Where a commit is prepared; only the holder of the lock uses it, so one that is there is left from a killed run.
SCRATCH = "publishing-in-progress"

#: How often to start again when somebody else published meanwhile, and how long to wait for those who do it here.
ATTEMPTS = 20
PATIENCE_SECONDS = 600


@dataclass(frozen=True, kw_only=True)
class Publication:
    """What a call to `publish` did: `changed` is False where the branch already held exactly this."""

    version: str
    alias: str | None
    address: str
    commit: str
    changed: bool
    pushed: bool

    def __str__(self) -> str:
        done = f"published {self.version}" if self.changed else f"{self.version} is already published"
        alias = f" with alias {self.alias}" if self.alias else ""
        return f"{done}{alias}: {self.address}, {self.commit[:12]}{', pushed' if self.pushed else ', not pushed'}"


def version_site_url(root: Path, version: str) -> str:
    """The address at which a version will stand, which its site must be built with; refuses an unfit name."""
    require_version_name(version)
    return f"{read_settings(root).address}{version}/"


def require_publishable(root: Path, version: str, alias: str | None = None) -> None:
    """Refuse early what would fail after a build."""
    require_version_name(version)
    if alias is not None:
        require_alias_name(alias)
    read_settings(root)
    require_repository(root)
    require_committed(root)


def publish(
    site: Path,
    version: str,
    *,
    root: Path,
    alias: str | None = None,
    push: bool = False,
    branch: str = "gh-pages",
    remote: str = "origin",
) -> Publication:
    """Add a built site to the published branch as a version; with `push`, to the remote's branch too.

    A release (its name begins with a digit, or v and a digit) is never altered: the same bytes again change nothing,
    other bytes are an error that names the files. Other names, and aliases, may be replaced.
    """
    require_publishable(root, version, alias)
    files = sealed_files(site, version_site_url(root, version))
    target = Target(root=root, branch=branch, remote=remote, push=push)
    commit, changed = _swapped_in(
        target, f"Publish {version}", lambda base: plan_version(root, base, version, alias, files)
    )
    address = version_site_url(root, version)
    return Publication(version=version, alias=alias, address=address, commit=commit, changed=changed, pushed=push)


def publish_status(*, root: Path, push: bool = False, branch: str = "gh-pages", remote: str = "origin") -> bool:
    """Publish what was declared about figures since the last publication; whether that was anything."""
    require_committed(root)
    target = Target(root=root, branch=branch, remote=remote, push=push)
    return _swapped_in(target, "Publish the status of figures", lambda base: plan_status(root, base))[1]


def require_as_published(root: Path, version: str, files: Mapping[str, bytes], branch: str = "gh-pages") -> None:
    """Refuse other files than those of a release that is published."""
    require_unaltered(snapshot(root, commit_at(root, f"refs/heads/{branch}")), version, files)


def published_catalogue(root: Path, branch: str = "gh-pages") -> Catalogue:
    """The list of all figures on the branch as it is known here."""
    commit = commit_at(root, f"refs/heads/{branch}")
    content = read_file(root, snapshot(root, commit), "figures.json")
    if content is None:
        raise GeneratorError(f"expected a version on {branch}, found none; publish one first")
    return parse_catalogue(content, f"figures.json on {branch}")


@dataclass(frozen=True, kw_only=True)
class Target:
    """The branch that is published: of a repository, and with `push` of its remote."""

    root: Path
    branch: str
    remote: str
    push: bool


def _swapped_in(target: Target, message: str, plan: Callable[[Snapshot], Plan]) -> tuple[str, bool]:
    """Commit a plan on the branch, starting again when somebody was faster; the commit, and whether it is a new one."""
    root, branch, remote = target.root, target.branch, target.remote
    reference = f"refs/heads/{branch}"
    folder = require_repository(root)
    with _lock(folder):
        break_locks(folder, (f"refs/heads/{SCRATCH}", reference, "packed-refs"))
        for _ in range(ATTEMPTS):
            local = commit_at(root, reference)
            base = snapshot(root, _base(root, local, branch, remote, target.push))
            commit = _commit(root, base, plan(base), message)
            if target.push and not _pushed(root, commit, branch, remote):
                continue
            if local == commit or swap_reference(root, reference, commit, local):
                return commit, commit != base.commit
    raise GeneratorError(f"expected {branch} to hold still meanwhile, found that it moved {ATTEMPTS} times: {message}")


def sealed_files(site: Path, address: str) -> dict[str, bytes]:
    """The published files of a site, which must be the ones that were built for this address and checked."""
    sealed = read_seal(site)
    if sealed is None:
        raise GeneratorError(f"expected a finished site in {site}, found none; build it first")
    if sealed.address != address:
        raise GeneratorError(f"expected a site built for {address}, found one for {sealed.address}")
    files = {name: path.read_bytes() for name, path in published_files(site).items()}
    if digest_of_files(files) != sealed.digest:
        raise GeneratorError(f"expected {site} as it was built and checked, found changed files; build it again")
    return files


@contextlib.contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """One publication at a time per repository; the system frees the lock of a process that dies."""
    try:
        with filelock.FileLock(folder / "publishing.lock", timeout=PATIENCE_SECONDS):
            yield
    except filelock.Timeout:
        raise GeneratorError(
            f"expected other publications here to finish within {PATIENCE_SECONDS} s, found one still running"
        ) from None


def _base(root: Path, local: str | None, branch: str, remote: str, fetch: bool) -> str | None:
    """The commit to publish on: the newer of the branch here and what is known of it at the remote."""
    tracking = f"refs/remotes/{remote}/{branch}"
    if fetch and _remote_commit(root, branch, remote):
        git(root, "fetch", "--quiet", remote, f"+refs/heads/{branch}:{tracking}")
    upstream = commit_at(root, tracking)
    if local is None or upstream is None:
        return local or upstream
    if is_ancestor(root, local, upstream):
        return upstream
    if is_ancestor(root, upstream, local):
        return local
    raise GeneratorError(f"expected {branch} to continue {remote}/{branch}, found that the two have diverged")


def _pushed(root: Path, commit: str, branch: str, remote: str) -> bool:
    """Push without force; False where the remote's branch moved since it was fetched."""
    fetched = commit_at(root, f"refs/remotes/{remote}/{branch}")
    try:
        git(root, "push", "--quiet", remote, f"{commit}:refs/heads/{branch}")
    except GitError:
        if _remote_commit(root, branch, remote) == fetched:
            raise
        return False
    return True


def _remote_commit(root: Path, branch: str, remote: str) -> str | None:
    return git(root, "ls-remote", "--heads", remote, f"refs/heads/{branch}").split("\t")[0] or None


def _commit(root: Path, base: Snapshot, plan: Plan, message: str) -> str:
    """A commit of the plan on its base, not yet on any branch; the base itself where nothing would change."""
    if base.commit is not None and not plan.changes(base):
        return base.commit
    scratch = f"refs/heads/{SCRATCH}"
    _point(root, scratch, base.commit)
    try:
        with contextlib.chdir(root), mike.git_utils.Commit(SCRATCH, message, allow_empty=True) as commit:
            commit.delete_files(sorted(plan.folders))
            for path, content in sorted(plan.files.items()):
                commit.add_file(mike.git_utils.FileInfo(path, content))
        return git(root, "rev-parse", "--verify", scratch)
    except (mike.git_utils.GitError, BrokenPipeError) as error:
        raise GeneratorError(f"expected git to write a commit, found: {' '.join(str(error).split())}") from None
    finally:
        _point(root, scratch, None)


def _point(root: Path, reference: str, commit: str | None) -> None:
    """Let a reference name a commit, or none: then the reference is removed."""
    if commit is not None:
        git(root, "update-ref", reference, commit)
    elif commit_at(root, reference):
        git(root, "update-ref", "-d", reference)
