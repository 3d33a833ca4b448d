"""cite-check: every seeded citation is found in its state, and what merely looks like one is not."""

import functools
import http.server
import json
import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.citing.catalogue import Catalogue, dump_catalogue, parse_catalogue, read_catalogue
from generator.citing.check import as_json, check, require_current
from generator.errors import GeneratorError, UsageError

from .conftest import document

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

#: Every citation in the documents below `seeded/team`: file, line and state.
SEEDED = [
    ("README.md", 3, "current"),
    ("README.md", 4, "superseded"),
    ("README.md", 5, "corrected"),
    ("README.md", 6, "withdrawn"),
    ("README.md", 7, "unknown"),
    ("README.md", 8, "current"),
    ("README.md", 9, "unknown"),
    ("README.md", 11, "superseded"),
    ("README.md", 13, "current"),
    ("README.md", 15, "superseded"),
    ("README.md", 18, "superseded"),
    ("docs/index.rst", 4, "current"),
    ("docs/index.rst", 5, "corrected"),
    ("docs/index.rst", 7, "current"),
    ("docs/index.rst", 9, "corrected"),
    ("docs/index.rst", 9, "superseded"),
    ("docs/index.rst", 10, "withdrawn"),
    ("docs/index.rst", 10, "unknown"),
    ("docs/index.rst", 12, "current"),
    ("docs/index.rst", 14, "superseded"),
    ("myst/page.md", 3, "current"),
    ("myst/page.md", 3, "withdrawn"),
    ("myst/page.md", 3, "current"),
    ("notes.ipynb", 10, "superseded"),
    ("notes.ipynb", 11, "corrected"),
    ("notes.ipynb", 32, "current"),
    ("notes.ipynb", 33, "unknown"),
    ("notes.ipynb", 40, "withdrawn"),
    ("page.html", 4, "current"),
    ("page.html", 5, "superseded"),
    ("page.html", 7, "corrected"),
    ("page.html", 8, "withdrawn"),
    ("page.html", 9, "current"),
    ("page.html", 10, "unknown"),
    ("page.html", 11, "unknown"),
    ("references.bib", 5, "current"),
    ("references.bib", 11, "superseded"),
    ("references.bib", 14, "corrected"),
    ("references.bib", 16, "withdrawn"),
    ("references.bib", 18, "unknown"),
    ("references.csl.json", 5, "current"),
    ("references.csl.json", 11, "superseded"),
    ("references.csl.json", 13, "corrected"),
    ("references.csl.json", 14, "withdrawn"),
    ("references.csl.json", 15, "unknown"),
]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as a user calls it."""
    command = [sys.executable, "-m", "generator", "cite-check", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_every_seeded_citation_is_found_in_its_state(catalogue: Catalogue) -> None:
    team = HERE / "seeded" / "team"
    checked = check([team], catalogue)
    found = Counter((Path(c.mention.path).relative_to(team).as_posix(), c.mention.line, c.state.value) for c in checked)
    assert found == Counter(SEEDED)
    assert len(SEEDED) >= 40
    suffixes = {Path(name).suffix for name, _, _ in SEEDED}
    assert suffixes == {".md", ".rst", ".html", ".ipynb", ".bib", ".json"}


def test_what_merely_looks_like_a_citation_is_none(catalogue: Catalogue) -> None:
    assert check([HERE / "lookalikes"], catalogue) == []


def test_a_line_says_what_changed_and_what_holds_now(catalogue: Catalogue, tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    page.write_text(
        "https://figures.example/docs/0.1/fig/fig-rate/\n"
        "https://figures.example/docs/0.2/fig/fig-batch-size/\n"
        "https://figures.example/docs/0.3/fig/fig-early-stopping/\n"
        "https://figures.example/docs/0.3/fig/fig-rats/\n"
        "https://figures.example/docs/f/9d9d9d9d9d9d/\n"
        "https://figures.example/docs/f/000000000000/\n"
        "https://figures.example/docs/0.3/fig/fig-rate/\n"
    )
    site, now = "https://figures.example/docs", "https://figures.example/docs/f/"
    assert [str(citation).removeprefix(f"{page}:") for citation in check([page], catalogue)] == [
        "1: superseded: fig-rate 0.1; superseded by 0.3; 0.2 changed 2 of 20 values; 0.3 changed 4 of 20 values; "
        f"now {now}a3a3a3a3a3a3/",
        f"2: corrected: fig-batch-size 0.2; erratum of 2026-05-01: The axis was wrong.; now {now}b3b3b3b3b3b3/",
        f"3: withdrawn: fig-early-stopping 0.3; withdrawal of 2026-06-01: Wrong data.; now {now}c1c1c1c1c1c1/",
        f"4: unknown: {site}/0.3/fig/fig-rats/; unknown figure 'fig-rats'; did you mean 'fig-rate'?",
        f"5: superseded: fig-rate preview; only a preview showed these numbers; now {now}a3a3a3a3a3a3/",
        f"6: unknown: {now}000000000000/; no figure was published with these numbers",
        "7: current: fig-rate 0.3",
    ]


def test_the_nearest_configuration_gives_a_name_its_version(catalogue: Catalogue, tmp_path: Path) -> None:
    for folder, version in ((tmp_path, "0.1"), (tmp_path / "inner", "0.3")):
        folder.mkdir(exist_ok=True)
        (folder / "conf.py").write_text(f"m = {{'figures': ('https://figures.example/docs/{version}', None)}}\n")
        (folder / "page.rst").write_text(":ref:`figures:fig-rate`\n")
    states = {Path(c.mention.path).parent.name: c.state.value for c in check([tmp_path], catalogue)}
    assert states == {tmp_path.name: "superseded", "inner": "current"}
    # A single file finds the configuration above it.
    assert [c.state.value for c in check([tmp_path / "inner" / "page.rst"], catalogue)] == ["current"]


def test_folders_of_others_are_left_out(catalogue: Catalogue, tmp_path: Path) -> None:
    for folder in (".git", "node_modules/x", "_build/html", "docs"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.md").write_text("https://figures.example/docs/f/a1a1a1a1a1a1/\n")
    assert [Path(c.mention.path).parent.name for c in check([tmp_path], catalogue)] == ["docs"]


def test_json_holds_what_the_lines_say(catalogue: Catalogue) -> None:
    checked = check([HERE / "seeded" / "team" / "references.bib"], catalogue)
    first = json.loads(as_json(checked))[1]
    assert first == {
        "path": str(HERE / "seeded" / "team" / "references.bib"),
        "line": 11,
        "text": "https://figures.example/docs/f/a1a1a1a1a1a1/",
        "state": "superseded",
        "figure": "fig-rate",
        "version": "0.1",
        "detail": "superseded by 0.3; 0.2 changed 2 of 20 values; 0.3 changed 4 of 20 values",
        "now": "https://figures.example/docs/f/a3a3a3a3a3a3/",
    }
    with pytest.raises(GeneratorError, match="expected 5 citations to be current, found 4 that are not"):
        require_current(checked)


def test_the_command_prints_lines_and_fails_where_one_is_not_current(published: Path, tmp_path: Path) -> None:
    team = tmp_path / "team"
    shutil.copytree(HERE / "seeded" / "team", team)
    answer = run(str(team), "--published", str(published))
    assert answer.returncode == 1
    assert answer.stderr == "error: expected 45 citations to be current, found 32 that are not\n"
    assert len(answer.stdout.splitlines()) == 45
    told = run(str(team), "--published", str(published / "figures.json"), "--format", "json")
    assert len(json.loads(told.stdout)) == 45
    good = tmp_path / "good.md"
    good.write_text("https://figures.example/docs/f/a3a3a3a3a3a3/\n")
    fine = run(str(good), "--published", str(published))
    assert (fine.returncode, fine.stderr) == (0, "")


@pytest.mark.parametrize(
    ("content", "found"),
    [("{", "JSONDecodeError"), ("[]", "TypeError"), ('{"figures": {}}', "KeyError: 'site'")],
)
def test_a_list_that_is_none_is_one_line(content: str, found: str) -> None:
    with pytest.raises(GeneratorError, match=rf"x: expected the figures\.json of a published site, found {found}"):
        parse_catalogue(content.encode(), "x")


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder without a log."""

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def address(published: Path) -> Iterator[str]:
    """The published folder on a server of this machine."""
    handler = functools.partial(Quiet, directory=str(published))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_list_is_read_by_address_folder_or_file(published: Path, address: str, tmp_path: Path) -> None:
    expected = parse_catalogue(json.dumps(document()).encode(), "x")
    assert read_catalogue(str(published)) == read_catalogue(str(published / "figures.json")) == expected
    assert read_catalogue(address) == read_catalogue(f"{address}/") == read_catalogue(f"{address}/figures.json")
    assert read_catalogue(address) == expected
    with pytest.raises(GeneratorError, match=r"at http://.*/gone/figures\.json, found: File not found"):
        read_catalogue(f"{address}/gone")
    assert json.loads(dump_catalogue(expected)) == document()
    with pytest.raises(GeneratorError, match=r"expected a published figures\.json at .*gone, found: No such file"):
        read_catalogue(str(tmp_path / "gone"))
    with pytest.raises(GeneratorError, match=r"at http://127\.0\.0\.1:1/figures\.json, found: .*refused"):
        read_catalogue("http://127.0.0.1:1")


def test_what_is_not_there_cannot_be_scanned(catalogue: Catalogue, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"expected a file or folder to scan, found none at .*gone"):
        check([tmp_path / "gone"], catalogue)
