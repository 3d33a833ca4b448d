"""The report of what changed: for readers, for programs, and with the drawings that a host shows."""

import dataclasses
import json
import re
from collections.abc import Mapping
from pathlib import Path

import markdown
import pytest

from generator import experiments
from generator.errors import GeneratorError
from generator.pages.changes import Changes, Results, as_json, as_markdown, compare_results
from generator.records import record as records
from generator.records.registrations import Registration
from tests.records.test_changes import CLAIM, EXPERIMENT, record, scaled

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
EXPERIMENTS = list(experiments.load().values())
BEFORE = record(provenance={"versions": {"keras": "3.14 | <b>"}})
AFTER = dataclasses.replace(scaled(BEFORE, CLAIM.primary.larger.condition, 2.0), provenance={})


def entry(identifier: str, table: str, drawing: str) -> dict[str, object]:
    digests = {".csv": table, ".svg": drawing}
    files = [{"path": f"fig/{identifier}/{identifier}{end}", "sha256": sha256} for end, sha256 in digests.items()]
    return {"id": identifier, "title": f"Title | of {identifier}", "files": files}


def results_of(name: str, files: Mapping[str, str], address: str | None = None) -> Results:
    contents = {path: text.encode() for path, text in files.items()}
    return Results(name=name, read=contents.get, address=address)


def with_figures(record_text: str, *figures: dict[str, object], **tables: str) -> dict[str, str]:
    csv = {f"fig/{name.replace('_', '-')}/{name.replace('_', '-')}.csv": table for name, table in tables.items()}
    listed = json.dumps({"figures": list(figures)})
    return {f"records/{EXPERIMENT.id}.json": record_text, "figures.json": listed, **csv}


@pytest.fixture(scope="module")
def changes() -> Changes:
    before = with_figures(
        records.dumps(BEFORE), entry("fig-a", "1", "x"), entry("fig-b", "1", "x"), entry("fig-c", "1", "x"),
        fig_a="a,b\nx,1\n",
    )  # fmt: skip
    after = with_figures(
        records.dumps(AFTER), entry("fig-a", "2", "y"), entry("fig-b", "1", "y"), entry("fig-d", "1", "x"),
        fig_a="a,b\nx,2\n",
    )  # fmt: skip
    site = "https://site.example/"
    return compare_results(
        results_of("0.1", before, f"{site}0.1/"), results_of("0.2", after, f"{site}pr-7/"), EXPERIMENTS
    )


def test_figures_are_new_gone_redrawn_or_show_other_numbers(changes: Changes) -> None:
    assert {figure.id: figure.what for figure in changes.figures} == {
        "fig-a": "changed 1 of 2 values, the most b in x: 1 to 2",
        "fig-b": "redrawn from the same numbers",
        "fig-c": "no longer shown",
        "fig-d": "new",
    }


def test_the_report_has_a_part_for_each_kind_of_change(changes: Changes) -> None:
    written = as_markdown(changes, {}, TEMPLATES)
    assert re.findall(r"^#+ (.*)", written, re.MULTILINE) == [
        "Changes from 0.1 to 0.2", "Estimates", "Figures", "Environment",
    ]  # fmt: skip
    assert "which drew the same random streams, so each is compared with itself (signed ranks)" in written
    assert "(https://site.example/0.1/fig/fig-a/fig-a.svg)" in written
    assert "(https://site.example/pr-7/fig/fig-a/fig-a.svg)" in written
    assert "site.example" not in as_markdown(changes, {}, TEMPLATES, images=False)
    assert "\n\n\n\n" not in written


def test_every_row_of_a_table_has_all_its_cells(changes: Changes) -> None:
    page = markdown.markdown(as_markdown(changes, {}, TEMPLATES), extensions=["tables"])
    tables = re.findall(r"<table>.*?</table>", page, re.DOTALL)
    assert len(tables) == 3
    for table in tables:
        rows = [len(re.findall(r"<t[hd]\b", row)) for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL)]
        assert len(set(rows)) == 1
        assert len(rows) > 1
    assert "<b>" not in page


def test_amendments_are_told_with_their_reason() -> None:
    amended = dataclasses.replace(BEFORE, registration={**BEFORE.registration, CLAIM.id: "0" * 64})
    one, two = (results_of("x", {f"records/{EXPERIMENT.id}.json": records.dumps(made)}) for made in (amended, BEFORE))
    registered = {CLAIM.id: [Registration(hash=BEFORE.registration[CLAIM.id], date="2026-02-01", reason="A typo.")]}
    written = as_markdown(compare_results(one, two, EXPERIMENTS), registered, TEMPLATES)
    assert f"- {CLAIM.id} was registered as `000000000000`" in written
    assert "2026-02-01: A typo." in written


def test_json_has_every_changed_estimate(changes: Changes) -> None:
    told = json.loads(as_json(changes))
    assert (told["before"], told["after"]) == ("0.1", "0.2")
    primary = [f for f in told["findings"] if f["claim"] == CLAIM.id and f["comparison"] == "primary"]
    assert len(primary) == len(CLAIM.data_sets)
    assert float(primary[0]["difference"]) == pytest.approx(0.6931, abs=1e-3)
    assert told["environment"] == [
        {"name": "versions: keras", "before": "3.14 | <b>", "after": "absent", "experiments": [EXPERIMENT.id]}
    ]


def test_experiments_of_one_side_only_are_named() -> None:
    text = records.dumps(BEFORE)
    empty, full = results_of("a", {}), results_of("b", {f"records/{EXPERIMENT.id}.json": text})
    assert f"The experiment `{EXPERIMENT.id}` is new." in as_markdown(
        compare_results(empty, full, EXPERIMENTS), {}, TEMPLATES
    )
    assert f"The experiment `{EXPERIMENT.id}` is gone." in as_markdown(
        compare_results(full, empty, EXPERIMENTS), {}, TEMPLATES
    )


def test_a_broken_file_names_its_source() -> None:
    good = results_of("good", {"figures.json": '{"figures": [{"id": "fig-a", "title": "x", "files": []}]}'})
    with pytest.raises(GeneratorError, match=r"^bad: expected figures\.json to list figures"):
        compare_results(good, results_of("bad", {"figures.json": "{"}), [])
    with pytest.raises(GeneratorError, match=rf"^bad: records/{EXPERIMENT.id}\.json: expected a record"):
        compare_results(good, results_of("bad", {f"records/{EXPERIMENT.id}.json": "{"}), EXPERIMENTS)
