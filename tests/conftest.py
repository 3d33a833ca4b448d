"""What holds for every test: the run's settings, and a quick loop that never reads TensorFlow."""

from pathlib import Path

import pytest

from generator import environment

environment.apply()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave a module of TensorFlow tests unread where they are deselected, as reading it imports TensorFlow."""
    deselected = "not tensorflow" in config.option.markexpr and collection_path.suffix == ".py"
    return True if deselected and "pytestmark = pytest.mark.tensorflow" in collection_path.read_text() else None
