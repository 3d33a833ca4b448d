"""The ground truths come out, and would not if the code were wrong."""

import dataclasses
import math

import numpy as np
import pytest

from generator import experiments
from generator.running.conditions import resolve, tasks
from generator.running.measure import measure
from generator.running.truths import curves, descent, sampling, training
from generator.spec import Measurement, plain

pytestmark = pytest.mark.tensorflow

EXPERIMENT = experiments.find("ground-truths")


@pytest.mark.slow
@pytest.mark.parametrize("role", EXPERIMENT.conditions)
def test_every_truth_comes_out_in_a_quarter_of_the_replicates(role: str) -> None:
    """Within twice the tolerance, as a quarter of the replicates doubles the standard error."""
    [task] = tasks(EXPERIMENT.on("known")[role], range(9100, 9116))
    found = resolve(task.function)(task.parameters, task.replicates)
    cell = measure(found, EXPERIMENT.metrics("known", role), (), task.replicates)
    truths = [truth for truth in EXPERIMENT.truths if truth.condition == role]
    assert truths
    for truth in truths:
        values = cell.metrics[truth.metric.id]
        assert len(values) == 16
        assert np.mean(values) == pytest.approx(truth.theory, rel=0, abs=2 * truth.tolerance), truth.id


def test_momentum_is_told_from_plain_descent() -> None:
    parameters = {"curvature": 2.0, "noise_sd": 1.5, "batch_size": 4, "chains": 40, "steps": 150, "discarded": 50}
    told = {
        momentum: descent.stationary(
            {"optimizer": {"class_name": "SGD", "config": {"learning_rate": 0.05, "momentum": momentum}}, **parameters},
            range(4),
        )
        for momentum in (0.0, 0.5)
    }
    assert told[0.5]["variance"].mean() > 1.5 * told[0.0]["variance"].mean()
    assert told[0.0]["dissipation"].mean() == pytest.approx(1, abs=0.05)
    assert told[0.5]["dissipation"].mean() == pytest.approx(1.5, abs=0.1)


@pytest.mark.parametrize("order", ["reshuffled", "replacement", "once"])
def test_epoch_ends_by_a_plain_loop(order: str) -> None:
    from generator.training.orders import DRAWN
    from generator.training.streams import Stream, generator

    parameters = {
        "order": order,
        "examples": 12,
        "batch_size": 3,
        "learning_rate": 0.3,
        "chains": 2,
        "epochs": 4,
    }
    noise = generator(Stream.NOISE, 5).standard_normal(12)
    noise = (noise - np.mean(noise)) / np.std(noise, ddof=1)
    ends = []
    for chain in (10, 11):
        weight = 0.0
        for order_of_epoch in DRAWN[order](chain, 12, 4):
            for start in range(0, 12, 3):
                weight -= 0.3 * (weight + sum(noise[i] for i in order_of_epoch[start : start + 3]) / 3)
            ends.append(weight)
    settled = np.reshape(ends, (2, 4))[:, 2:]
    told = sampling.epoch_ends(parameters, [5])
    assert told["variance"] == pytest.approx(np.mean(settled**2))
    assert told["change"] == pytest.approx(np.max(np.abs(settled[:, 1] - settled[:, 0])))


def test_a_batch_of_everything_is_the_whole_gradient() -> None:
    """Of batches of two of three vectors, all choices are equally likely, so the ratio can be enumerated."""
    parameters = {"examples": 3, "batch_size": 3, "dimensions": 2, "epochs": 4}
    with np.errstate(invalid="ignore", divide="ignore"):
        assert not math.isfinite(sampling.batch_gradients(parameters, [1])["ratio"][0, 0])
    ratios = sampling.batch_gradients({**parameters, "examples": 4, "batch_size": 2, "epochs": 3000}, [1])["ratio"]
    assert ratios == pytest.approx(1, abs=0.05)


def test_smoothing_of_a_step_by_hand() -> None:
    average = curves._average(np.array([[0.0, 1.0, 1.0, 1.0]]), 0.5)
    assert average.tolist() == [[0.0, 0.5, 0.75, 0.875]]


def test_losses_by_hand_are_the_exact_training_loss() -> None:
    from generator.running.conditions import training_of
    from generator.training.trainer import train

    frozen = EXPERIMENT.conditions["frozen"]
    assert isinstance(frozen, Measurement)
    assert frozen.condition
    condition = dataclasses.replace(frozen.condition, epochs=1)
    run = training_of(plain(condition))
    history = train(run, [9000, 9001])
    losses = training._losses(history, run.data([9000, 9001]))
    np.testing.assert_allclose(losses.mean(axis=1), history["train_loss"][:, 0], rtol=1e-6)
