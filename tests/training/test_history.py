"""A history is a mapping of curves that names what it does not have and finds runs that diverged."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from generator import environment
from generator.errors import UnknownNameError
from generator.training.history import History

pytestmark = pytest.mark.tensorflow

STEPS = np.array([[1.0, 0.5], [1.0, 0.5], [1.0, np.inf], [np.nan, 0.5]])
EPOCHS = np.array([[0.4], [np.nan], [0.4], [0.4]])
HISTORY = History(replicates=(3, 4, 5, 6), curves={"step_loss": STEPS, "train_loss": EPOCHS})


def test_it_is_a_mapping() -> None:
    assert list(HISTORY) == ["step_loss", "train_loss"]
    assert len(HISTORY) == 2
    assert HISTORY["train_loss"] is EPOCHS


def test_an_unknown_curve_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="unknown curve 'train_los'; did you mean 'train_loss'"):
        HISTORY["train_los"]


def test_runs_that_diverged_in_a_step_or_after_the_last_one() -> None:
    assert HISTORY.diverged.tolist() == [False, True, True, True]


@pytest.mark.parametrize(("before", "expected"), [("", "()"), ("import numpy", "('numpy',)")], ids=["first", "late"])
def test_what_was_imported_before_its_settings_is_remembered(before: str, expected: str) -> None:
    settings = {name: value for name, value in os.environ.items() if name not in environment.SETTINGS}
    script = f"{before}\nimport generator.training\nprint(generator.training.IMPORTED_TOO_EARLY)"
    command, root = [sys.executable, "-c", script], Path(__file__).parents[2]
    run = subprocess.run(command, cwd=root, env=settings, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == expected
