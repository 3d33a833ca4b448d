"""A process that would compute something else is refused before it trains."""

import os
import subprocess
import sys

import numpy as np
import pytest

from generator.errors import GeneratorError
from generator.training import self_check

pytestmark = pytest.mark.tensorflow


def test_this_process_is_sound() -> None:
    self_check.require_sound_arithmetic()


def test_a_feature_that_is_still_on_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NPY_DISABLE_CPU_FEATURES", "X86_V4 AVX512_ICL")
    with pytest.raises(GeneratorError, match=r"found \['X86_V4'\]"):
        self_check._require_features_off(frozenset({"X86_V3", "X86_V4"}))


def test_wrong_products_are_refused() -> None:
    found, expected = self_check._products()
    self_check._require_exact((found, expected))
    for wrong in (found * (1 + 1e-4), np.full_like(found, np.nan)):
        with pytest.raises(GeneratorError, match="expected matrix products exact to 1e-05, found an error of"):
            self_check._require_exact((wrong, expected))


@pytest.mark.slow
def test_names_that_numpy_does_not_know_are_noticed() -> None:
    """Under a name of another version numpy leaves every feature on, and says nothing."""
    script = (
        "from generator import environment\n"
        "environment.SETTINGS['NPY_DISABLE_CPU_FEATURES'] = 'AVX512_SKX_OLD'\n"
        "environment.apply()\n"
        "import os\n"
        "from generator.training import self_check\n"
        "os.environ['NPY_DISABLE_CPU_FEATURES'] = 'X86_V3'\n"
        "self_check._require_features_off(self_check._numpy_features())\n"
    )
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], env=os.environ, capture_output=True, text=True, check=False
    )
    assert "expected numpy to leave the processor features X86_V3 alone, found ['X86_V3']" in run.stderr
