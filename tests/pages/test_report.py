"""The report: every page, file and catalogue of a project with synthetic records."""

import hashlib
import html
import json
import re
import shutil
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
import yaml
from pybtex.database import parse_string

from generator import experiments
from generator.errors import GeneratorError
from generator.pages.markdown import escape
from generator.pages.report import Report, write_report
from generator.pages.wording import size
from generator.spec import METHOD
from tests.citing.test_citations import reference
from tests.figures.synthetic import FIGURES as SPECIFIED
from tests.figures.synthetic import rendered
from tests.pages.synthetic import EXPERIMENTS, make_project, report_of, report_with
from tests.publishing.checkout import EXAMPLES

BATCH_SIZE = experiments.find("batch-size")
FIGURES = list(SPECIFIED)
CLAIMS = [claim for experiment in EXPERIMENTS for claim in experiment.claims]


@pytest.fixture
def project(original: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    return shutil.copytree(original, tmp_path / "project", ignore=shutil.ignore_patterns(".cache"))


def test_every_figure_has_its_page_and_family(report: Report) -> None:
    for figure in FIGURES:
        names = {path.removeprefix(f"fig/{figure}/") for path in report.files if path.startswith(f"fig/{figure}/")}
        suffixes = (".svg", "-dark.svg", ".png", ".csv", ".json", ".bib", ".csl.json", ".zip")
        assert names == {"index.md"} | {f"{figure}{suffix}" for suffix in suffixes}


def test_figures_json_names_every_file_with_its_digest(report: Report) -> None:
    entries = json.loads(report.files["figures.json"])["figures"]
    assert [entry["id"] for entry in entries] == FIGURES
    for entry in entries:
        assert entry["alt"]
        assert entry["record"] in report.files
        assert f"{entry['page']}index.md" in report.files
        for file in entry["files"]:
            content = report.files[file["path"]]
            assert file["sha256"] == hashlib.sha256(content).hexdigest()
            assert file["bytes"] == len(content)


def test_every_figure_can_be_cited(report: Report) -> None:
    for figure in FIGURES:
        item = report.files[f"fig/{figure}/{figure}.csl.json"].decode()
        url = json.loads(item)[0]["URL"]
        assert url in reference(item)
        (entry,) = parse_string(report.files[f"fig/{figure}/{figure}.bib"].decode(), "bibtex").entries.values()
        assert (entry.key, entry.fields["url"]) == (figure, url)
        front = yaml.safe_load(report.files[f"fig/{figure}/index.md"].decode().split("---\n", 2)[1])
        assert front["cite_as"] == front["json_ld"]["@id"] == front["dublin_core"]["identifier"][0] == url


def test_claims_json_has_every_comparison_on_every_data_set(report: Report) -> None:
    entries = json.loads(report.files["claims.json"])["claims"]
    expected = [(claim.id, name, data) for claim in CLAIMS for name in claim.comparisons for data in claim.data_sets]
    assert [(e["id"], e["comparison"], e["data_set"]) for e in entries] == expected
    replicates = {claim.id: experiment.replicates for experiment in EXPERIMENTS for claim in experiment.claims}
    for entry in entries:
        assert set(entry["figures"]) <= set(FIGURES)
        assert entry["n"] == replicates[entry["id"]]


def test_archives_hold_the_other_files(report: Report) -> None:
    archive = zipfile.ZipFile(BytesIO(report.files[f"fig/{FIGURES[0]}/{FIGURES[0]}.zip"]))
    assert archive.testzip() is None
    for name in archive.namelist():
        assert archive.read(name) == report.files[f"fig/{FIGURES[0]}/{name}"]


def test_what_readers_take_along_is_offered_with_its_size(report: Report) -> None:
    for name in (experiment.id for experiment in EXPERIMENTS):
        page = report.files[f"{name}.md"].decode()
        beside = [path for path in report.files if path.startswith(f"{name}/{name}.")]
        assert f"{name}/{name}.csv" in beside
        for path in [*beside, f"records/{name}.json"]:
            row = next(line for line in page.splitlines() if f"]({path})" in line)
            assert html.unescape(row).endswith(f"| {size(len(report.files[path]))} |")


def test_every_page_but_a_figures_own_is_in_the_navigation_once(report: Report) -> None:
    def targets(nav: object) -> list[str]:
        if isinstance(nav, str):
            return [nav]
        return [target for item in nav for value in item.values() for target in targets(value)]  # type: ignore[attr-defined]

    pages = sorted(path for path in report.files if path.endswith(".md") and not path.startswith("fig/"))
    assert sorted(targets(report.nav)) == pages


def test_every_page_of_an_experiment_has_the_same_anatomy(report: Report) -> None:
    """Title, question, answer and figure, then these sections in order; some only where there is something."""
    order = ["meaning", "method", "curves", "claims", "limits", "download", "next"]
    for experiment in (e for e in EXPERIMENTS if e.chapter != METHOD):
        page = report.files[f"{experiment.id}.md"].decode()
        lead = min(page.index(f'id="{figure.id}"') for figure in experiment.figures)
        places = [
            page.index(word)
            for word in (f"# {escape(experiment.title)}", "\n**", '<div class="answer"', 'class="basis"')
        ]
        assert [*places, lead, page.index("{: #meaning }")] == sorted([*places, lead, page.index("{: #meaning }")])
        sections = [name for name in re.findall(r"^## .*\{: #([a-z]+) \}$", page, re.MULTILINE) if name in order]
        assert sections == [name for name in order if name in sections]
        assert {"meaning", "method", "limits", "download", "next"} <= set(sections)


def test_every_figure_stands_once_on_its_page(report: Report) -> None:
    for experiment in EXPERIMENTS:
        page = report.files[f"{experiment.id}.md"].decode()
        assert all(page.count(f'<figure id="{figure.id}"') == 1 for figure in experiment.figures)


def test_llms_txt_links_to_pages_and_tells_every_verdict_with_n(report: Report) -> None:
    text = report.files["llms.txt"].decode()
    for link in re.findall(r"\]\(([^)]+)\)", text):
        path, _, anchor = link.removeprefix("https://fluctuations.example/0.1/").partition("#")
        page = report.files[f"{path.rstrip('/')}.md" if path.endswith("/") else path].decode()
        assert not anchor or f"{{: #{anchor} }}" in page
    primary = [c for c in json.loads(report.files["claims.json"])["claims"] if c["comparison"] == "primary"]
    lines = {c["id"]: next(line for line in text.split("\n") if line.startswith(f"- [{c['id']}]")) for c in primary}
    assert list(lines) == [claim.id for claim in CLAIMS]
    for claim in primary:
        assert claim["statement"] in lines[claim["id"]]
        assert f"n = {claim['n']}" in lines[claim["id"]]


def test_every_claim_stands_on_its_experiment_s_page(report: Report) -> None:
    for experiment in EXPERIMENTS:
        page = report.files[f"{experiment.id}.md"].decode()
        for claim in experiment.claims:
            assert f"{{: #{claim.id.lower()} }}" in page
        for figure in experiment.figures:
            if figure.kind != "three-curves":
                assert f"fig/{figure.id}/" in page


def test_descriptions_stand_on_their_page_and_among_the_claims(report: Report) -> None:
    claims = report.files["claims.md"].decode()
    described = [(e.id, description) for e in EXPERIMENTS for description in e.descriptions]
    assert described
    for experiment, description in described:
        anchor = description.id.lower()
        assert f"[{description.id}]({experiment}.md#{anchor})" in claims
        assert f"{{: #{anchor} }}" in report.files[f"{experiment}.md"].decode()


def test_front_matter_is_yaml(report: Report) -> None:
    for path, content in report.files.items():
        if path.endswith(".md"):
            _, front, body = content.decode().split("---\n", 2)
            assert set(yaml.safe_load(front)) >= {"title", "description"}, path
            assert body.count("\n# ") == 1, path


@pytest.mark.slow
def test_reports_are_the_same_bytes(project: Path, tmp_path: Path, shared: Path) -> None:
    """In another folder, every figure drawn anew; of the examples, as `nox -s faults` builds everything twice."""
    examples = [experiments.find(name) for name in EXAMPLES]
    report = report_with(project, lambda plot: rendered(plot, shared), examples)
    make_project(tmp_path / "elsewhere")
    again = report_of(tmp_path / "elsewhere", examples)
    differing = [path for path in report.files if again.files.get(path) != report.files[path]]
    assert differing == []
    assert again.nav == report.nav


def test_writing_touches_what_changed_and_removes_what_is_gone(report: Report, tmp_path: Path) -> None:
    write_report(report, tmp_path)
    before = {path: (tmp_path / path).stat().st_mtime_ns for path in report.files}
    (tmp_path / "index.md").write_text("old")
    stale = tmp_path / "fig" / "fig-gone" / "index.md"
    stale.parent.mkdir()
    stale.write_text("gone")
    write_report(report, tmp_path)
    assert not stale.parent.exists()
    assert (tmp_path / "index.md").read_bytes() == report.files["index.md"]
    changed = [path for path in report.files if (tmp_path / path).stat().st_mtime_ns != before[path]]
    assert changed == ["index.md"]


def test_records_of_another_registration_are_refused(project: Path) -> None:
    path = project / "records" / "batch-size.json"
    registered = BATCH_SIZE.registration(BATCH_SIZE.claims[0])
    path.write_text(path.read_text().replace(registered, "0" * 64))
    with pytest.raises(
        GeneratorError, match=r"batch-size\.json: expected data made under the present registration of C21"
    ):
        report_of(project, [BATCH_SIZE])


def test_a_missing_record_is_one_line(project: Path) -> None:
    (project / "records" / "batch-size.json").unlink()
    with pytest.raises(GeneratorError, match=r"expected a record at .*batch-size\.json, found No such file"):
        report_of(project, [BATCH_SIZE])


@pytest.mark.usefixtures("report")
def test_an_unknown_name_in_a_template_is_an_error(project: Path, original: Path) -> None:
    shutil.copytree(original / ".cache", project / ".cache")
    template = project / "templates" / "pages" / "index.md.jinja"
    template.write_text("{{ studies.no_such_thing }}\n" + template.read_text())
    with pytest.raises(GeneratorError, match="no_such_thing"):
        report_of(project, [BATCH_SIZE])
