"""What a run shares with a twin that differs from it in some sources of chance and in nothing else."""

import functools
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.running.conditions import training_of

if TYPE_CHECKING:
    from generator.training.history import History

#: Curves whose fluctuations are compared.
FLUCTUATING = ("loss", "train_loss", "accuracy")


def compare(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """Train a run and its twin, which has the streams in `anew` ("data", "init", "order") of its own, if any.

    One point an epoch: `distance`, how far the twin's exact training loss is from the run's, in nats;
    `relative_distance`, the same as a share of the run's; `test_gap`, how far its test accuracy is. One point in all:
    `<curve>_correlation`, how far the fluctuations of both go together from epoch `first` on.
    """
    from generator.training.trainer import train
    from generator.training.twins import twin_of

    run = _run(json.dumps(parameters["condition"]), tuple(replicates))
    twin = train(twin_of(training_of(parameters["condition"]), tuple(parameters["anew"])), replicates)
    distance = np.abs(twin["train_loss"] - run["train_loss"])
    return {
        "distance": distance,
        "relative_distance": distance / run["train_loss"],
        "test_gap": np.abs(twin["test_accuracy"] - run["test_accuracy"]),
        **{f"{curve}_correlation": _together(run, twin, curve, parameters["first"]) for curve in FLUCTUATING},
    }


@functools.lru_cache(maxsize=1)
def _run(condition: str, replicates: tuple[int, ...]) -> "History":
    """The run itself, kept for the next of its twins."""
    from generator.training.trainer import train

    return train(training_of(json.loads(condition)), replicates)


def _together(run: "History", twin: "History", curve: str, first: int) -> np.ndarray:
    """The correlation of second differences, which leave out any straight trend, shape (replicates, 1)."""
    one, other = (np.diff(history[curve][:, first - 1 :], n=2, axis=1) for history in (run, twin))
    return correlation(one, other)[:, np.newaxis]


def correlation(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Pearson's correlation of each row with the same row of the other; 0 where either does not move."""
    one, other = (rows - rows.mean(axis=1, keepdims=True) for rows in (one, other))
    size = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    together: np.ndarray = np.divide((one * other).sum(axis=1), size, out=np.zeros_like(size), where=size > 0)
    return together
