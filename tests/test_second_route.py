"""The published numbers by a second route: plain Keras, plain numpy formulas, rank statistics by their definition.

Nothing here uses the replicate trainer, the statistics or the inference of the project; only its data, its initial
weights and its orders, without which the runs would be other ones.
"""

import functools
import itertools
import math
import os
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator import experiments
from generator.records import record as records
from generator.records.findings import find
from generator.records.record import Record
from generator.spec import Condition

pytestmark = [pytest.mark.slow]

RECORDS = Path(__file__).resolve().parents[1] / "records"

EXAMPLES = ("learning-rate", "batch-size", "early-stopping")


@functools.cache
def committed(experiment: str) -> Record:
    return records.read(RECORDS / f"{experiment}.json")


# Estimates and intervals from the committed values of every replicate


def walsh_limits(effects: Sequence[float], error: float) -> tuple[float, float, float]:
    """Hodges-Lehmann estimate and interval by the definition: all averages, and a count of all subsets of ranks."""
    averages = sorted((a + b) / 2 for i, a in enumerate(effects) for b in effects[i:])
    subsets = [1]
    for rank in range(1, len(effects) + 1):
        longer = [*subsets, *[0] * rank]
        subsets = [a + b for a, b in zip(longer, [0] * rank + subsets, strict=True)]
    allowed = Fraction(error) / 2 * 2 ** len(effects)
    outside = sum(1 for below in itertools.accumulate(subsets) if below <= allowed)
    return float(np.median(averages)), averages[outside - 1], averages[-outside]


def compared(experiment: str) -> list[Any]:
    return [
        pytest.param(
            experiment, claim.claim.id, finding.name, finding.data_set, id=f"{claim.claim.id}-{finding.data_set}"
        )
        for claim in find(experiments.find(experiment), committed(experiment))
        for finding in claim.findings
        if finding.name == "primary"
    ]


@pytest.mark.parametrize(
    ("experiment", "claim", "comparison", "data_set"), [case for name in EXAMPLES for case in compared(name)]
)
def test_estimates_and_intervals_by_definition(experiment: str, claim: str, comparison: str, data_set: str) -> None:
    judged = {c.claim.id: c for c in find(experiments.find(experiment), committed(experiment))}[claim]
    finding = next(f for f in judged.of(comparison) if f.data_set == data_set)
    effects = []
    for larger, smaller in zip(finding.larger, finding.smaller, strict=True):
        if larger == smaller:
            effects.append(0.0)
        elif finding.is_ratio:
            effects.append(math.log(larger / smaller))
        else:
            effects.append(larger - smaller)
    estimate, lower, upper = walsh_limits(effects, 0.05 / 30)
    told = finding.estimate
    assert (told.estimate, told.lower, told.upper) == pytest.approx((estimate, lower, upper), rel=1e-9, abs=1e-12)
    lower_90, upper_90 = walsh_limits(effects, 0.10 / 30)[1:]
    assert (told.lower_90, told.upper_90) == pytest.approx((lower_90, upper_90), rel=1e-9, abs=1e-12)


# Metrics of single replicates from runs of plain Keras


class PlainRun:
    """A condition trained by Keras' own `train_on_batch`, one replicate, with its curves after each epoch."""

    def __init__(self, condition: Condition, replicate: int, epochs: int) -> None:
        from generator.running.conditions import training_of
        from generator.spec import plain
        from generator.training.orders import permutations
        from generator.training.weights import initial_weights

        training = training_of(plain(condition))
        self.model = training.model()
        self.model.compile(training.make_optimizer(), training.loss, jit_compile=False)
        self.model.set_weights(initial_weights(training.model, self.model, replicate))
        examples = training.data([replicate])
        rows = examples.train[0]
        kept = int(len(rows) * (1 - condition.validation_share))
        self.parts = {"train": rows[:kept], "val": rows[kept:], "test": examples.test[0]}
        self.x, self.y = examples.x, examples.y
        self.loss: list[float] = []
        self.steps: list[float] = []
        for order in permutations(replicate, kept, epochs):
            batches = [rows[order[i : i + condition.batch_size]] for i in range(0, kept, condition.batch_size)]
            steps = [float(self.model.train_on_batch(self.x[batch], self.y[batch])) for batch in batches]
            self.steps += steps
            self.loss.append(float(np.average(steps, weights=[len(batch) for batch in batches])))

    def data_loss(self, part: str) -> float:
        """Binary cross-entropy from the model's predictions, in float64."""
        index = self.parts[part]
        p = self.model.predict(self.x[index], verbose=0).astype(np.float64)[:, 0]
        return float(-np.mean(np.log(np.where(self.y[index, 0] > 0, p, 1 - p))))

    def kernel_norm(self) -> float:
        return math.sqrt(sum(float(np.sum(w.astype(np.float64) ** 2)) for w in self.model.get_weights() if w.ndim == 2))

    def dead_share(self) -> float:
        first, bias = self.model.get_weights()[:2]
        active = self.x[self.parts["train"]] @ first + bias > 0
        return float(np.mean(~active.any(axis=0)))


@functools.cache
def plain_run(experiment: str, data_set: str, role: str, replicate: int, epochs: int) -> PlainRun:
    condition = experiments.find(experiment).on(data_set)[role]
    assert isinstance(condition, Condition)
    return PlainRun(condition, replicate, epochs)


def upward(loss: Sequence[float]) -> float:
    rises = [max(b - a, 0.0) for a, b in itertools.pairwise(loss)]
    return math.sqrt(math.pi) * sum(rises) / len(rises)


def roughness(curve: Sequence[float]) -> float:
    bends = [a - 2 * b + c for a, b, c in zip(curve, curve[1:], curve[2:], strict=False)]
    return math.sqrt(sum(bend**2 for bend in bends) / (6 * len(bends)))


#: Claim, experiment, data set, condition, epochs, metric in the record, the same by hand, and how close it must be:
#: float32 rounds otherwise in another program, and a high learning rate enlarges it.
METRICS: list[tuple[str, str, str, str, int, str, Callable[[PlainRun], float], float]] = [
    ("C18", "learning-rate", "planted-teacher", "low", 10, "upward_variation of loss, 1 to 10",
     lambda run: upward(run.loss), 1e-3),
    ("C19", "learning-rate", "random-labels", "low", 10, "last of dead_units, 1 to 10",
     lambda run: run.dead_share(), 1e-3),
    ("C19", "learning-rate", "random-labels", "high", 10, "last of dead_units, 1 to 10",
     lambda run: run.dead_share(), 0.06),
    ("C20", "learning-rate", "random-labels", "low", 50, "second_difference_sd of loss, 17 to 50",
     lambda run: roughness(run.loss[16:50]), 0.01),
    ("C22", "batch-size", "planted-teacher", "large", 10, "last of train_loss, 1 to 10",
     lambda run: run.data_loss("train"), 1e-3),
    ("C22", "batch-size", "planted-teacher", "small", 4, "last of train_loss, 1 to 4",
     lambda run: run.data_loss("train"), 1e-3),
    ("C23", "early-stopping", "planted-teacher", "penalised", 20, "last of kernel_norm, 1 to 20",
     lambda run: run.kernel_norm(), 1e-3),
    ("C23", "early-stopping", "planted-teacher", "plain", 20, "last of kernel_norm, 1 to 20",
     lambda run: run.kernel_norm(), 1e-3),
    ("C26", "early-stopping", "planted-teacher", "penalised", 20, "last of |val_data_loss - test_data_loss|, 1 to 20",
     lambda run: abs(run.data_loss("val") - run.data_loss("test")), 0.01),
    ("C26", "early-stopping", "planted-teacher", "penalised", 20, "last of |train_data_loss - test_data_loss|, 1 to 20",
     lambda run: abs(run.data_loss("train") - run.data_loss("test")), 0.01),
]  # fmt: skip


@pytest.mark.tensorflow
@pytest.mark.parametrize("replicate", [0, 3])
@pytest.mark.parametrize(
    ("experiment", "data_set", "role", "epochs", "metric", "by_hand", "close"),
    [pytest.param(*case[1:], id=f"{case[0]}-{case[3]}-{case[5].split()[2]}") for case in METRICS],
)
def test_metrics_by_plain_keras(
    experiment: str,
    data_set: str,
    role: str,
    epochs: int,
    metric: str,
    by_hand: Callable[[PlainRun], float],
    close: float,
    replicate: int,
) -> None:
    told = committed(experiment).metric(data_set, role, metric)[replicate]
    assert by_hand(plain_run(experiment, data_set, role, replicate, epochs)) == pytest.approx(told, rel=close, abs=1e-6)


# Findings that anybody finds, with `fit` and a seed

#: `nox -s scripts` takes all of them.
SEEDS = (1, 2, 3) if os.environ.get("FLUCTUATIONS_SCRIPTS") == "all" else (1,)


def fitted(seed: int, *, rate: float = 0.001, batch_size: int = 32, l2: float = 0.0, epochs: int = 10) -> Any:
    """What a reader runs: the article's network, data that can be learned, `set_random_seed` and `fit`."""
    import keras

    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    x = rng.random((1000, 10))
    y = rng.random(1000) < 1 / (1 + np.exp(-10 * (x - 0.5) @ rng.standard_normal(10)))
    penalty = keras.regularizers.L2(l2)
    model = keras.Sequential(
        [
            keras.layers.Input((10,)),
            keras.layers.Dense(64, activation="relu", kernel_regularizer=penalty),
            keras.layers.Dense(1, activation="sigmoid", kernel_regularizer=penalty),
        ]
    )
    model.compile(keras.optimizers.Adam(rate), "binary_crossentropy", jit_compile=False)
    return model.fit(x, y, batch_size=batch_size, epochs=epochs, validation_split=0.2, verbose=0)


@pytest.mark.tensorflow
@pytest.mark.parametrize("seed", SEEDS)
class TestFindingsByFit:
    def test_c18_and_c20_a_high_rate_goes_up_and_down(self, seed: int) -> None:
        high, low = (fitted(seed, rate=rate, epochs=20).history["loss"] for rate in (0.1, 0.001))
        assert upward(high) > upward(low) + 0.001
        assert roughness(high[7:]) > 1.25 * roughness(low[7:])

    def test_c22_large_batches_learn_more_slowly_by_epoch(self, seed: int) -> None:
        small, large = (fitted(seed, batch_size=size).history["val_loss"][-1] for size in (8, 256))
        assert large > small + 0.05

    def test_c23_a_penalty_keeps_weights_small(self, seed: int) -> None:
        runs = (fitted(seed, l2=strength).model.get_weights() for strength in (0.0, 0.01))
        plain, penalised = (sum(float(np.sum(w**2)) for w in weights if w.ndim == 2) for weights in runs)
        assert plain > 1.5 * penalised

    def test_c28_the_first_printed_losses_are_too_high(self, seed: int) -> None:
        """Two epochs at once: the printed loss exceeds the validation loss although nothing overfits."""
        history = fitted(seed, batch_size=8, epochs=2).history
        assert history["loss"][0] > history["val_loss"][0]
