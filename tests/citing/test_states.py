"""The one rule of states, over every combination of numbers and notices."""

import itertools

import pytest

from generator.citing.states import Kind, Notice, State, state_of, worst

RELEASES = ["0.3", "0.2", "0.1"]
DATA = {"dev": "d", "0.3": "c", "0.2": "a", "0.1": "a"}


def notice(kind: Kind, *versions: str) -> Notice:
    return Notice(kind=kind, versions=versions, reason="r", date="2026-01-01")


@pytest.mark.parametrize(
    ("version", "state"), [("dev", "current"), ("0.3", "current"), ("0.2", "superseded"), ("0.1", "superseded")]
)
def test_a_release_is_superseded_by_other_numbers(version: str, state: str) -> None:
    assert state_of(version, [], DATA, RELEASES).value == state


def test_the_same_numbers_hold_in_every_release() -> None:
    same = dict.fromkeys(DATA, "a")
    assert {state_of(version, [], same, RELEASES) for version in DATA} == {State.CURRENT}


def test_a_figure_that_the_newest_release_lacks_is_superseded() -> None:
    assert state_of("0.2", [], {"0.2": "a"}, RELEASES) is State.SUPERSEDED


def test_a_notice_is_about_the_versions_that_it_names() -> None:
    notices = [notice(Kind.ERRATUM, "0.3", "0.2"), notice(Kind.WITHDRAWAL, "0.2")]
    states = {version: state_of(version, notices, DATA, RELEASES).value for version in DATA}
    assert states == {"dev": "current", "0.3": "corrected", "0.2": "withdrawn", "0.1": "superseded"}


def test_the_worst_does_not_depend_on_the_order() -> None:
    order = ["current", "superseded", "corrected", "withdrawn", "unknown"]
    for pair in itertools.permutations(State, 2):
        assert worst(pair).value == max((state.value for state in pair), key=order.index)
