"""The Markdown of the pages becomes the site: MkDocs builds it aside, the gate checks it, and it takes its place."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from generator.errors import GeneratorError
from generator.publishing.gate import Problem, check_site
from generator.publishing.locking import only_build
from generator.publishing.policy import protect
from generator.publishing.tree import beside, require_ours, seal, swap
from generator.settings import read_settings

#: Everything around a build that could reach its bytes. MkDocs stamps the epoch into the compressed sitemap.
ENVIRONMENT = {
    "SOURCE_DATE_EPOCH": "0",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "NO_MKDOCS_2_WARNING": "1",
    "NO_COLOR": "1",
}

#: How many problems an error names before it only counts the others.
NAMED_PROBLEMS = 5


def build_site(
    docs: Path, nav: list[Any], target: Path, root: Path, site_url: str | None = None, *, indexed: bool = True
) -> None:
    """Build, check and put in place the site of the Markdown in `docs`; the old site stays if anything is wrong.

    `nav` is MkDocs' navigation; `root` holds `mkdocs.yml`. `site_url` is the address of the version that is being
    built, where that is not the address in `mkdocs.yml`; search engines are asked to leave out what is not `indexed`.
    Every message of MkDocs and every finding of the gate is an
    error.
    """
    target = target.resolve()
    address = site_url or read_settings(root).address
    with only_build(root, target):
        require_ours(target)
        configuration = write_configuration(docs, nav, target, root, address, indexed=indexed)
        new = beside(target, "new")
        _run_mkdocs(configuration, new)
        protect(new)
        _require_clean(check_site(new))
        seal(new, address)
        swap(new, target)


def write_configuration(
    docs: Path, nav: list[Any], target: Path, root: Path, address: str | None = None, *, indexed: bool = True
) -> Path:
    """Write `build/mkdocs.yml`, which is what only this build knows; MkDocs takes its paths as relative to itself."""
    path = root.resolve() / "build" / "mkdocs.yml"

    def relative(other: Path) -> str:
        return Path(os.path.relpath(other.resolve(), path.parent)).as_posix()

    configuration = {
        "INHERIT": relative(root / "mkdocs.yml"),
        **({"site_url": address} if address else {}),
        **({} if indexed else {"extra": {"noindex": True}}),
        "docs_dir": relative(docs),
        "site_dir": relative(target),
        "theme": {"custom_dir": relative(root / "templates" / "theme")},
        "nav": nav,
    }
    path.write_text(yaml.safe_dump(configuration, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


def _run_mkdocs(configuration: Path, site: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(configuration), "-d", str(site)]
    finished = subprocess.run(
        command, env={**os.environ, **ENVIRONMENT}, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    if finished.returncode:
        raise GeneratorError(f"expected MkDocs to build the site without a message, found {_told(finished.stderr)}")


def _told(output: str) -> str:
    """What MkDocs complained about, in one line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    complaints = [line.partition("-")[2].strip() for line in lines if line.startswith(("WARNING", "ERROR", "CRITICAL"))]
    return _named(complaints or lines[-1:] or ["no message"])


def _require_clean(problems: Sequence[Problem]) -> None:
    if problems:
        named = _named([f"{problem.page}: {problem.message}" for problem in problems])
        raise GeneratorError(f"expected a site without faults, found {len(problems)}: {named}")


def _named(messages: Sequence[str]) -> str:
    rest = len(messages) - NAMED_PROBLEMS
    return "; ".join(messages[:NAMED_PROBLEMS]) + (f"; and {rest} more" if rest > 0 else "")
