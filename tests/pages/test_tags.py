"""The ways to find pages: what experiments name exists, and leads somewhere."""

import dataclasses

import pytest

from generator import experiments
from generator.errors import UnknownNameError
from generator.pages.tags import KINDS, SYMPTOM, TAGS, Tag, index, related, tagged, tags_of
from generator.spec import METHOD, Experiment

EXPERIMENTS = list(experiments.load().values())


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda e: e.id)
def test_an_experiment_names_tags_that_exist_once(experiment: Experiment) -> None:
    assert len(tags_of(experiment)) == len(set(experiment.tags))
    assert experiment.tags or experiment.chapter == METHOD


@pytest.mark.parametrize("tag", TAGS.values(), ids=lambda tag: tag.id)
def test_a_tag_leads_to_a_page(tag: Tag) -> None:
    assert tagged(EXPERIMENTS, tag)


def test_every_kind_has_tags_and_they_keep_their_order() -> None:
    found = index(EXPERIMENTS)
    assert list(found) == list(KINDS)
    assert [tag for rows in found.values() for tag, _ in rows] == list(TAGS.values())
    assert all(pages == tagged(EXPERIMENTS, tag) for rows in found.values() for tag, pages in rows)


def test_tags_without_a_page_are_left_out() -> None:
    assert all(rows == [] for rows in index([experiments.find("calibration")]).values())


def test_what_names_a_tag_first_comes_first() -> None:
    found = tagged(EXPERIMENTS, TAGS["averages-jump"])
    assert [e.tags.index("averages-jump") for e in found] == sorted(e.tags.index("averages-jump") for e in found)
    assert found[0].id == "learning-rate"


def test_related_pages_share_most_tags_and_leave_out_the_page_itself() -> None:
    one = experiments.find("batch-size")
    found = related(one, EXPERIMENTS)
    shared = [len(set(e.tags) & set(one.tags)) for e in EXPERIMENTS if e.id != one.id]
    assert [len(set(e.tags) & set(one.tags)) for e in found] == sorted(shared, reverse=True)[: len(found)]
    assert one not in found


def test_an_unknown_tag_names_experiment_and_nearest() -> None:
    wrong = dataclasses.replace(EXPERIMENTS[0], tags=("averages-jumps",))
    with pytest.raises(UnknownNameError, match=f"tag of experiment {wrong.id} 'averages-jumps'; .*'averages-jump'"):
        tags_of(wrong)


@pytest.mark.parametrize("word", ["spiky", "noisy", "unstable", "zigzag", "jumping"])
def test_people_find_symptoms_by_their_own_words(word: str) -> None:
    assert any(word in " ".join(tag.words).split() for tag in TAGS.values() if tag.kind == SYMPTOM)
