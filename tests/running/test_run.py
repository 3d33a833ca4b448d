"""From an experiment to its record and back: run, run again, damage, verify."""

import dataclasses
import functools
import json
import shutil
import threading
from collections.abc import Callable
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree

import pytest

from generator.errors import GeneratorError
from generator.records import record as records
from generator.records.record import Record
from generator.records.registrations import register
from generator.running import run as running
from generator.running.checks import FORMATS
from generator.running.explain import explain
from generator.running.run import plan, record_path, replication, run
from generator.running.store import Store
from generator.running.verify import Agreement, check, verify
from generator.spec import Claim, Comparison, Condition, Curve, DataSet, Experiment, Metric, Side, call
from tests.sharing import made_once

pytestmark = pytest.mark.tensorflow

RISE = Metric(statistic="upward_variation", curve="loss", window=(1, 3))

FAST = Condition(
    model=call("generator.training.models:dense_network", features=3, hidden=4),
    optimizer=call("keras.optimizers:SGD", learning_rate=5.0),
    data=call("generator.training.datasets:random_labels", train=20, test=0, features=3),
    batch_size=8,
    epochs=3,
)

EXPERIMENT = Experiment(
    id="small",
    title="Small",
    question="?",
    lines=(1, 1),
    data_sets={"random-labels": DataSet(label="random labels", data=FAST.data)},
    conditions={
        "fast": FAST,
        "slow": dataclasses.replace(FAST, optimizer=call("keras.optimizers:SGD", learning_rate=0.0)),
    },
    labels={"fast": "5", "slow": "0"},
    curves=(Curve(name="loss", label="loss"),),
    claims=(
        Claim(
            id="C01",
            statement="s",
            lines=(1, 1),
            primary=Comparison(
                larger=Side(condition="fast", metric=RISE),
                smaller=Side(condition="slow", metric=RISE),
                scale="difference",
                margin=0.001,
            ),
            data_sets=("random-labels",),
        ),
    ),
    figures=(),
)


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves a folder and writes no log."""

    def log_message(self, *_: object) -> None:
        pass


def silent(_total: int, _what: str) -> Callable[[], None]:
    return lambda: None


def run_in(root: Path) -> list[str]:
    return run([EXPERIMENT], root, workers=1, progress=silent)


def path_in(root: Path) -> Path:
    return record_path(root, EXPERIMENT, range(64))


def make_project(folder: Path) -> None:
    register(folder, [EXPERIMENT], "2026-01-01", None)
    assert run_in(folder) == ["small"]


@pytest.fixture(scope="module")
def root(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose one experiment has been run."""
    project = made_once(shared / "small", make_project)
    return shutil.copytree(project, tmp_path_factory.mktemp("project"), dirs_exist_ok=True)


def test_an_unregistered_claim_does_not_run(tmp_path: Path) -> None:
    with pytest.raises(GeneratorError, match="expected C01 to be registered"):
        run_in(tmp_path)
    assert not (tmp_path / ".cache").exists()


def test_the_record_holds_what_was_found(root: Path) -> None:
    record = records.read(path_in(root))
    assert record.replicates == (0, 64)
    assert record.registration == {"C01": EXPERIMENT.registration(EXPERIMENT.claims[0])}
    # At learning rate 0 Keras' epoch mean is constant, so it never rises: up to the rounding of float32 sums.
    assert max(record.metric("random-labels", "slow", RISE.id)) < 1e-6
    assert min(record.metric("random-labels", "fast", RISE.id)) >= 0
    assert max(record.metric("random-labels", "fast", RISE.id)) > 0
    assert set(record.provenance) == {"versions", "lock", "source", "environment", "chunk", "runs"}


def test_records_name_no_place_time_or_person(root: Path) -> None:
    text = path_in(root).read_text()
    for trace in (str(root), str(Path.home()), "/tmp", "host", "2026"):
        assert trace not in text


def test_an_unchanged_run_computes_and_measures_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "compute_missing", lambda *_, **__: pytest.fail("computed"))
    monkeypatch.setattr(running, "make_record", lambda *_: pytest.fail("measured"))
    assert run_in(root) == []


def test_a_committed_record_is_no_proof_of_a_run(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a fresh clone the record is there and the store is not: everything is planned anew."""
    register(tmp_path, [EXPERIMENT], "2026-01-01", None)
    path_in(tmp_path).write_bytes(path_in(root).read_bytes())
    computed = []

    def note(*arguments: object, **_: object) -> None:
        computed.append(arguments)
        raise GeneratorError("enough")

    monkeypatch.setattr(running, "compute_missing", note)
    with pytest.raises(GeneratorError, match="enough"):
        run_in(tmp_path)
    assert len(computed) == 1


def test_a_record_that_was_edited_is_made_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = path_in(root).read_bytes()
    path_in(root).write_bytes(sound.replace(b'"diverged": 0', b'"diverged": 1', 1))
    monkeypatch.setattr(running, "compute_missing", lambda *_, **__: pytest.fail("computed"))
    assert run_in(root) == ["small"]
    assert path_in(root).read_bytes() == sound


def test_a_damaged_result_is_computed_again_to_the_same_record(root: Path) -> None:
    sound = path_in(root).read_bytes()
    store = Store(root=root / ".cache" / "runs")
    key = next(key for chunks in plan(EXPERIMENT, range(64)).keyed.values() for _, key in chunks)
    entry = store.root / key[:2] / f"{key}.run"
    entry.write_bytes(entry.read_bytes()[:-1])
    path_in(root).unlink()
    assert run_in(root) == ["small"]
    assert path_in(root).read_bytes() == sound


def test_other_replicates_leave_the_committed_record_alone(root: Path) -> None:
    before = path_in(root).read_bytes()
    run([EXPERIMENT], root, replicates=lambda _: range(9000, 9003), workers=1, progress=silent)
    assert path_in(root).read_bytes() == before
    assert records.read(root / "build" / "records" / "small.json").replicates == (9000, 9003)


def test_a_repetition_with_new_replicates_has_a_record_of_its_own(root: Path) -> None:
    """It is held to the registration like the first run, and leaves the first record alone."""
    before = path_in(root).read_bytes()
    run([EXPERIMENT], root, replicates=replication, workers=1, progress=silent)
    assert path_in(root).read_bytes() == before
    repeated = records.read(root / "records" / "replication" / "small.json")
    assert repeated.replicates == (1000, 1064)
    assert repeated.registration == records.read(path_in(root)).registration
    first = records.read(path_in(root))
    assert repeated.metric("random-labels", "fast", RISE.id) != first.metric("random-labels", "fast", RISE.id)


def test_verification_finds_identical_bytes(root: Path) -> None:
    (found,) = verify([EXPERIMENT], [records.read(path_in(root))], root, 1, silent)
    assert (found.within, found.beyond, found.verdicts, found.contradicted) == (0, (), (), False)
    assert found.agreement is Agreement.BYTES
    assert found.identical > 2 * 64


def changed(record: Record, factor: float) -> Record:
    """The record with one value of one metric changed by a factor."""
    cell = record.cell("random-labels", "fast")
    values = cell.metrics[RISE.id]
    first = next(i for i, value in enumerate(values) if value > 0)
    metrics = {RISE.id: tuple(v * factor if i == first else v for i, v in enumerate(values))}
    cells = {**record.cells["random-labels"], "fast": dataclasses.replace(cell, metrics=metrics)}
    return dataclasses.replace(record, cells={"random-labels": cells})


def elsewhere(record: Record) -> Record:
    """The same numbers from other packages."""
    versions = {**record.provenance["versions"], "keras": "0.1"}
    return dataclasses.replace(record, provenance={**record.provenance, "versions": versions})


@pytest.mark.parametrize(
    ("factor", "here", "there"),
    [
        (1.0, Agreement.BYTES, Agreement.NUMBERS),
        (1.0005, Agreement.TOLERANCE, Agreement.TOLERANCE),
        (1.01, Agreement.CONTRADICTED, Agreement.VERDICTS),
    ],
)
def test_numbers_agree_in_tiers(root: Path, factor: float, here: Agreement, there: Agreement) -> None:
    """Where identical numbers are promised, one that differs contradicts; elsewhere the findings decide."""
    record = records.read(path_in(root))
    assert check(EXPERIMENT, record, changed(record, factor)).agreement is here
    found = check(EXPERIMENT, record, elsewhere(changed(record, factor)))
    assert found.agreement is there
    assert len(found.beyond) == (factor > 1.001)
    assert ("differs: random-labels/fast" in str(found)) is (factor > 1.001)


def test_an_estimate_outside_the_recorded_interval_is_a_contradiction_anywhere(root: Path) -> None:
    record = records.read(path_in(root))
    cell = record.cell("random-labels", "fast")
    doubled = {name: tuple(10 * v for v in values) for name, values in cell.metrics.items()}
    cells = {**record.cells["random-labels"], "fast": dataclasses.replace(cell, metrics=doubled)}
    found = check(EXPERIMENT, record, elsewhere(dataclasses.replace(record, cells={"random-labels": cells})))
    assert found.contradicted
    assert "C01, primary, random-labels: expected an estimate from" in found.verdicts[0]


def test_a_lost_value_is_a_contradiction_anywhere(root: Path) -> None:
    record = records.read(path_in(root))
    cell = dataclasses.replace(record.cell("random-labels", "fast"), metrics={})
    cells = {**record.cells["random-labels"], "fast": cell}
    found = check(EXPERIMENT, record, elsewhere(dataclasses.replace(record, cells={"random-labels": cells})))
    assert found.contradicted
    assert "only in one record" in found.beyond[0]


def test_a_verdict_under_another_registration_is_a_contradiction(root: Path) -> None:
    record = dataclasses.replace(records.read(path_in(root)), registration={"C01": "0" * 64})
    found = check(EXPERIMENT, record, record)
    assert found.contradicted
    assert found.beyond == ("C01: registered otherwise when the record was made",)


def test_a_changed_verdict_is_a_contradiction_within_any_tolerance(root: Path) -> None:
    record = records.read(path_in(root))
    cells = record.cells["random-labels"]
    swapped = dataclasses.replace(record, cells={"random-labels": {"fast": cells["slow"], "slow": cells["fast"]}})
    lenient = dataclasses.replace(EXPERIMENT, tolerance=1e9)
    found = check(lenient, record, swapped)
    assert found.verdicts
    assert found.contradicted


def test_checks_are_told_to_machines(root: Path) -> None:
    """JSON by its fields, JUnit as its readers count it."""
    record = records.read(path_in(root))
    checks = [check(EXPERIMENT, record, other) for other in (record, changed(record, 2.0))]
    told = json.loads(FORMATS["json"](checks))
    assert [entry["agreement"] for entry in told] == ["identical bytes", "contradicted"]
    suite = ElementTree.fromstring(FORMATS["junit"](checks))
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert [case.find("failure") is not None for case in suite] == [False, True]
    failure = suite.find("testcase/failure")
    assert failure is not None
    assert "differs: random-labels/fast" in str(failure.text)


def test_a_published_record_is_read_from_a_folder_or_an_address(root: Path, tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "small.json").write_bytes(path_in(root).read_bytes())
    handler = functools.partial(QuietHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        found = [records.read_published(place, "small") for place in (str(tmp_path), address, f"{address}/")]
        with pytest.raises(GeneratorError, match=r"expected a published record at http://.*/absent.json, found: "):
            records.read_published(address, "absent")
        server.shutdown()
    assert found == [records.read(path_in(root))] * 3


def test_explain_tells_what_changed(root: Path) -> None:
    told = list(explain(EXPERIMENT, root))
    assert all(line.startswith("=") for line in told)
    path = path_in(root)
    sound = path.read_text()
    data = json.loads(sound)
    data["provenance"]["versions"]["keras"] = "0.1"
    path.write_text(json.dumps(data))
    different = [line for line in explain(EXPERIMENT, root) if line.startswith("≠")]
    path.write_text(sound)
    assert len(different) == 1
    assert different[0].startswith("≠ versions: keras: 0.1 in the record")
