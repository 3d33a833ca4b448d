"""The clock of stages: what it counts, and that it counts only where somebody collects."""

import time

import pytest

from generator.training.stages import collected, stage


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the time is; tests move it."""
    now = [100.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    return now


def spend(clock: list[float], name: str, seconds: float) -> None:
    with stage(name):
        clock[0] += seconds


def test_stages_add_up_by_name(clock: list[float]) -> None:
    with collected() as seconds:
        spend(clock, "compile", 2.0)
        clock[0] += 50.0
        spend(clock, "import", 4.0)
        spend(clock, "compile", 1.0)
    assert seconds == {"compile": 3.0, "import": 4.0}


def test_what_comes_before_or_after_is_not_collected(clock: list[float]) -> None:
    spend(clock, "compile", 2.0)
    with collected() as seconds:
        pass
    spend(clock, "compile", 2.0)
    assert seconds == {}


def test_a_stage_that_fails_took_its_time_too(clock: list[float]) -> None:
    def fail() -> None:
        with stage("compile"):
            clock[0] += 3.0
            raise ValueError("in between")

    with collected() as seconds, pytest.raises(ValueError, match="in between"):
        fail()
    assert seconds == {"compile": 3.0}
