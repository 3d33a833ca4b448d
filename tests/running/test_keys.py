"""Keys: every ingredient changes them; labels, wording and the order of parameters do not."""

import dataclasses

import pytest

from generator import environment
from generator.experiments import load
from generator.running import keys
from generator.running.conditions import affinity, tasks
from generator.running.keys import run_key
from generator.spec import Condition, Task, call

CONDITION = load()["learning-rate"].conditions["high"]


def key(task: Task | None = None) -> str:
    """The digest of a task's key, by default that of a known condition."""
    return run_key(task or tasks(CONDITION, range(64))[0]).digest


@pytest.mark.parametrize(
    "changed",
    [
        {"batch_size": 33},
        {"epochs": 51},
        {"loss": "mse"},
        {"validation_share": 0.1},
        {"probes": ()},
        {"optimizer": call("keras.optimizers:Adam", learning_rate=0.11)},
        {"model": call("generator.training.models:dense_network", hidden=65)},
        {"data": call("generator.training.datasets:random_labels", test=1)},
    ],
)
def test_every_part_of_a_condition_counts(changed: dict[str, object]) -> None:
    """One field at a time."""
    other = dataclasses.replace(CONDITION, **changed)  # type: ignore[arg-type]
    assert key(tasks(other, range(64))[0]) != key()


def test_replicates_versions_environment_and_source_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is around a task too."""
    before = key()
    assert key(tasks(CONDITION, range(1, 65))[0]) != before
    for name, value in (("_versions", lambda: {"numpy": "0"}), ("_source", lambda modules: "other")):
        with monkeypatch.context() as patch:
            patch.setattr(keys, name, value)
            assert key() != before
    with monkeypatch.context() as patch:
        patch.setitem(environment.SETTINGS, "XLA_FLAGS", "")
        assert key() != before
    assert key() == before


def test_experiments_share_the_runs_that_are_the_same() -> None:
    """A condition has one key, whatever it is called and whoever asks."""
    assert isinstance(CONDITION, Condition)
    again = dataclasses.replace(CONDITION, optimizer=call("keras.optimizers:Adam", **{"learning_rate": 0.1}))
    assert key(tasks(again, range(64))[0]) == key()


def test_chunks_are_tasks_of_their_own() -> None:
    """More replicates add tasks and change none."""
    few, many = tasks(CONDITION, range(64)), tasks(CONDITION, range(200))
    assert [task.replicates[0] for task in many] == [0, 64, 128, 192]
    assert key(few[0]) == key(many[0])
    assert len({key(task) for task in many}) == 4


def test_conditions_that_differ_in_numbers_share_a_program() -> None:
    """The learning rate is a run-time value, the batch size is not."""
    low, high = (tasks(load()["learning-rate"].conditions[role], range(64))[0] for role in ("low", "high"))
    assert affinity(low) == affinity(high)
    assert isinstance(CONDITION, Condition)
    wider = tasks(dataclasses.replace(CONDITION, batch_size=64), range(64))[0]
    assert affinity(wider) != affinity(high)


def test_measurements_of_one_condition_share_its_program() -> None:
    sizes = {role: tasks(c, range(64))[0] for role, c in load()["validation-size"].on("digits").items()}
    assert len({affinity(task) for task in sizes.values()}) == 1
    other = tasks(load()["validation-size"].on("planted-teacher")["n-25"], range(64))[0]
    assert affinity(other) != affinity(sizes["n-25"])
    (trained,) = {affinity(task) for task in tasks(load()["learning-rate"].conditions["low"], range(64))}
    assert trained != affinity(other)
