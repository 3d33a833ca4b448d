"""A page for each release: what it changed against the release before it, with both releases' figures side by side."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import markdown
from jinja2 import Environment

from generator import experiments
from generator.pages.changes import Results, as_markdown, compare_results
from generator.publishing.git import Snapshot
from generator.publishing.results import version_reader
from generator.records import registrations


def release_page(
    root: Path,
    base: Snapshot,
    version: str,
    releases: Sequence[str],
    files: Mapping[str, bytes],
    templates: Environment,
) -> dict[str, bytes]:
    """The page by its path; none for a preview, the first release, one without records, or where one is already."""
    path = f"changes/{version}/index.html"
    older = list(releases[releases.index(version) + 1 :]) if version in releases else []
    if not older or path in base.objects:
        return {}
    before = Results(name=older[0], read=version_reader(root, base, older[0]), address=f"../../{older[0]}/")
    after = Results(name=version, read=files.get, address=f"../../{version}/")
    changes = compare_results(before, after, list(experiments.load().values()))
    if not changes.records:
        return {}
    written = as_markdown(changes, registrations.read(root), root / "templates", images=False)
    report = markdown.markdown(written, extensions=["tables"])
    return {path: templates.get_template("changes.html").render(changes=changes, report=report).encode()}
