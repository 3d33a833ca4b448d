"""What holds for every test: the run's settings, a quick loop that never reads TensorFlow, and what tests share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator import environment

environment.apply()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave a module of TensorFlow tests unread where they are deselected, as reading it imports TensorFlow."""
    deselected = "not tensorflow" in config.option.markexpr and collection_path.suffix == ".py"
    return True if deselected and "pytestmark = pytest.mark.tensorflow" in collection_path.read_text() else None


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run, the same for all its workers."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session", autouse=True)
def no_waiting_for_disks() -> Iterator[None]:
    """Only a loss of power tells whether a file was synced; the processes that tests start, and kill, sync theirs."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(os, "fsync", lambda _descriptor: None)
        yield
