"""Experiment files: a mistake in one is told with the file and the field, before anything trains."""

import sys
from pathlib import Path
from typing import Any

import pytest

from generator import experiments
from generator.spec import CHAPTERS, SpecificationError


def load_only(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str) -> Any:
    """Load the experiments of a package that holds one file."""
    (folder / "broken.py").write_text(text)
    monkeypatch.setattr(experiments, "__path__", [str(folder)])
    monkeypatch.delitem(sys.modules, "generator.experiments.broken", raising=False)
    monkeypatch.setattr(experiments, "load", experiments.load.__wrapped__)
    return experiments.load()


@pytest.fixture(autouse=True)
def forgotten() -> Any:
    """Nothing of a broken file stays imported."""
    yield
    sys.modules.pop("generator.experiments.broken", None)


CONDITION = "Condition(model=call('m:m'), optimizer=call('o:o'), data=call('d:d'){})"


@pytest.mark.parametrize(
    ("declaration", "told"),
    [
        (CONDITION.format(", epoch=3"), "unknown field of Condition 'epoch'; did you mean 'epochs'?"),
        (CONDITION.format(", epochs=0"), "expected at least 1 epoch, found 0"),
        ("Metric(statistic='last', curve='loss', window=(1, 2), logs=True)", "unknown field of Metric 'logs'"),
        ("3", "has no attribute 'EXPERIMENT'"),
    ],
)
def test_a_mistake_is_told_with_its_file(
    declaration: str, told: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(SpecificationError, match=r"generator/experiments/broken\.py: ") as caught:
        load_only(monkeypatch, tmp_path, f"from generator.spec import *\n\nx = {declaration}\n")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_experiment_is_listed_once_by_chapter_and_line() -> None:
    found = experiments.load()
    assert list(found) == [experiment.id for experiment in found.values()]
    order = [(CHAPTERS.index(e.chapter), e.lines) for e in found.values()]
    assert order == sorted(order)


def test_each_file_is_named_like_its_experiment() -> None:
    files = {path.stem for path in Path(experiments.__file__).parent.glob("[!_]*.py")}
    assert files == {identifier.replace("-", "_") for identifier in experiments.load()}
