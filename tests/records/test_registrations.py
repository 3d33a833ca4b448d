"""Registrations: added to, never changed, and required before confirmatory runs."""

import dataclasses
from pathlib import Path

import pytest

from generator.errors import GeneratorError
from generator.experiments import load
from generator.records.registrations import FILE, read, register, require_registered, unregistered
from generator.spec import Experiment

EXPERIMENTS = list(load().values())
FIRST = load()["learning-rate"]


def changed() -> list[Experiment]:
    """The experiments with one claim's margin changed."""
    claim = dataclasses.replace(FIRST.claims[0], replicates=100)
    amended = dataclasses.replace(FIRST, claims=(claim, *FIRST.claims[1:]))
    return [amended if experiment is FIRST else experiment for experiment in EXPERIMENTS]


def test_every_claim_is_registered_once(tmp_path: Path) -> None:
    """A second time there is nothing to do."""
    claims = sorted(claim.id for experiment in EXPERIMENTS for claim in experiment.claims)
    assert register(tmp_path, EXPERIMENTS, "2026-01-01", None) == claims
    assert register(tmp_path, EXPERIMENTS, "2026-01-02", None) == []
    assert unregistered(tmp_path, EXPERIMENTS) == {}
    require_registered(tmp_path, EXPERIMENTS)


def test_an_amendment_needs_a_reason_and_keeps_what_was(tmp_path: Path) -> None:
    """The first registration stays readable."""
    register(tmp_path, EXPERIMENTS, "2026-01-01", None)
    first = read(tmp_path)[FIRST.claims[0].id]
    with pytest.raises(GeneratorError, match=f"reason for amending {FIRST.claims[0].id}"):
        register(tmp_path, changed(), "2026-01-02", None)
    register(tmp_path, changed(), "2026-01-02", "a wrong margin")
    both = read(tmp_path)[FIRST.claims[0].id]
    assert both[:-1] == first
    assert (both[-1].date, both[-1].reason) == ("2026-01-02", "a wrong margin")


def test_the_reason_of_an_amendment_is_not_given_to_what_is_new(tmp_path: Path) -> None:
    """Claims registered with it for the first time say so."""
    register(tmp_path, [FIRST], "2026-01-01", None)
    register(tmp_path, changed(), "2026-01-02", "a wrong margin")
    new = next(claim.id for e in EXPERIMENTS for claim in e.claims if claim.id not in {c.id for c in FIRST.claims})
    assert [entry.reason for entry in read(tmp_path)[new]] == ["first registration"]


def test_an_unregistered_claim_may_not_run(tmp_path: Path) -> None:
    """The message names the claims and the command."""
    with pytest.raises(GeneratorError, match=r"expected .*C18.* to be registered .*generator register"):
        require_registered(tmp_path, EXPERIMENTS)
    register(tmp_path, EXPERIMENTS, "2026-01-01", None)
    with pytest.raises(GeneratorError, match=f"expected {FIRST.claims[0].id} to be registered"):
        require_registered(tmp_path, changed())


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    """Not taken for an empty one."""
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_text('{"C18": [{"hash": 1}]}')
    with pytest.raises(GeneratorError, match="expected registrations by claim"):
        read(tmp_path)
