"""The explorer's files against the record, number by number, and what the page offers."""

import json
import math
from typing import Any

import numpy as np
import pytest

from generator import experiments
from generator.errors import GeneratorError
from generator.pages import explorer
from generator.pages.inputs import Study
from generator.pages.wording import number
from generator.records.record import Cell
from tests.figures.synthetic import record_of

RATES, BATCHES = ("0.0001", "0.001", "0.01", "0.1", "1"), ("8", "32", "128", "800")
SMOOTHINGS = ("0", "0.6", "0.8", "0.9", "0.95", "0.98")


def study_of(name: str, *, diverging: bool = False) -> Study:
    experiment, record = experiments.find(name), record_of(name, diverging=diverging)
    return Study(experiment=experiment, record=record, claims=(), plots=(), truths=(), replication={})


@pytest.fixture(scope="module")
def study() -> Study:
    return study_of("explorer")


@pytest.fixture(scope="module")
def files(study: Study) -> dict[str, bytes]:
    return explorer.explorer_files(explorer.explorers_of([study, study_of("data-order")]))


def cell_of(study: Study, name: str) -> Cell:
    rate, batch = name.removeprefix("explorer/").removesuffix(".json").split("-")
    return study.record.cells["planted-teacher"][f"rate-{rate}-batch-{batch}"]


def test_there_is_a_file_for_each_setting(files: dict[str, bytes]) -> None:
    assert set(files) == {f"explorer/{rate}-{batch}.json" for rate in RATES for batch in BATCHES}
    assert max(map(len, files.values())) < 20_000


def test_curves_are_those_of_the_record(study: Study, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        shown = json.loads(content)["curves"]
        kept = cell_of(study, name).curves
        assert set(shown) == set(kept)
        for curve, drawn in shown.items():
            assert drawn["run"] == list(kept[curve].runs[0])
            assert (drawn["low"], drawn["high"]) == (list(kept[curve].quantiles[0]), list(kept[curve].quantiles[4]))
            assert drawn["point"] == ("step" if curve == "step_loss" else "epoch")


def test_roughness_and_end_are_those_of_the_record(study: Study, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        shown, metrics = json.loads(content), cell_of(study, name).metrics
        assert shown["end"] == spread(metrics["last of train_loss, 1 to 50"])
        assert shown["runs"] == 64
        for curve, drawn in shown["curves"].items():
            first, last = drawn["window"]
            assert tuple(drawn["smoothed"]) == SMOOTHINGS
            for smoothing, found in drawn["smoothed"].items():
                plotted = curve if smoothing == "0" else f"{curve}_smoothed_{smoothing}"
                values = metrics[f"second_difference_sd of {plotted}, {first} to {last}"]
                assert found["roughness"] == spread(values)


def spread(values: tuple[float, ...]) -> list[str]:
    """Median and 5 to 95 % by sorting."""
    ordered, told = sorted(values), []
    for share in (0.5, 0.05, 0.95):
        place = share * (len(ordered) - 1)
        low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
        told.append(number(low + (high - low) * (place % 1)))
    return told


def test_the_reference_alone_is_not_compared(files: dict[str, bytes]) -> None:
    for name, content in files.items():
        found = [f for curve in json.loads(content)["curves"].values() for f in curve["smoothed"].values()]
        assert {"ratio" in f for f in found} == {name != "explorer/0.001-32.json"}
        for f in found:
            if "ratio" in f:
                estimate, lower, upper = map(float, f["ratio"])
                assert lower <= estimate <= upper
                assert f["meaning"] == {"supported": "rougher", "refuted (reverse)": "smoother"}.get(
                    f["verdict"], f["meaning"]
                )


def test_all_settings_share_the_axes_of_a_curve(files: dict[str, bytes]) -> None:
    for curve in ("step_loss", "loss", "train_loss", "val_loss"):
        axes = {json.dumps(json.loads(content)["curves"][curve]["y"]) for content in files.values()}
        assert len(axes) == 1


def test_the_page_offers_what_there_is(study: Study) -> None:
    page = explorer.explorer_of(study)
    assert (page.rates, page.batches, page.smoothings) == (list(RATES), list(BATCHES), SMOOTHINGS)
    assert page.comparisons == 19 * 4 * 6
    assert page.reference == (0.001, 32)


def test_what_is_not_finite_is_no_number() -> None:
    """JSON knows no infinity; the run that blew up halfway is drawn at the edge."""
    explorers = explorer.explorers_of([study_of("explorer", diverging=True)])
    shown: Any = json.loads(explorer.explorer_files(explorers)["explorer/0.0001-8.json"])
    assert shown["curves"]["loss"]["high"][-1] is None
    assert shown["end"][2] == "∞"
    assert np.isfinite(shown["curves"]["loss"]["run"]).all()


def test_a_grid_without_the_reference_is_refused(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explorer, "REFERENCE", (0.5, 32))
    with pytest.raises(GeneratorError, match=r"expected a condition of \(0\.5, 32\), found none"):
        explorer.explorer_of(study)
