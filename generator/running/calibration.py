"""How often is a verdict wrong where the answer is known? Equal things compared, effects planted, intervals.

Each replicate is a batch of comparisons of so many `pairs`, each judged as a claim is: metrics by `measure.value_of`,
effects, estimate and verdict by `stats`. What comes back are shares of the replicate's comparisons and the spread of
their effects, one point each.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from generator.running.conditions import training_of
from generator.running.importing import quick_import
from generator.running.measure import value_of
from generator.running.simulated import NOISES, autoregressive, descent
from generator.spec import FAMILY_SIZE, MATERIAL_RATIO, Metric
from generator.stats.inference import Estimate, estimate_effect, paired_effects
from generator.stats.verdicts import Verdict, decide
from generator.training.streams import Stream, generator

#: The first replicate that trains for calibration: out of the way of all that decide claims or were used to plan them.
FIRST_TRAINED = 100_000

#: How claims measure roughness: 50 epochs without their first third.
ROUGHNESS = Metric(statistic="second_difference_sd", curve="loss", window=(17, 50))

Shares = dict[str, np.ndarray]


def simulated_pairs(parameters: Mapping[str, Any], replicates: Sequence[int]) -> Shares:
    """Comparisons of curves that fall and carry autoregressive noise, `ratio` times as much in the first of each pair.

    Further parameters: `noise` (`simulated.NOISES`), its `memory`, and how many `comparisons` a replicate makes.
    """
    effects = (_simulated(generator(Stream.NOISE, replicate), parameters) for replicate in replicates)
    return _shares(effects, math.log(parameters["ratio"]))


def _simulated(rng: np.random.Generator, parameters: Mapping[str, Any]) -> np.ndarray:
    """Effects of shape (comparisons, pairs)."""
    count, points = parameters["comparisons"] * parameters["pairs"], ROUGHNESS.window[1]
    first, second = (
        _roughness(descent(points, height=0.5, epochs=10.0) + 0.01 * scale * noise)
        for scale in (parameters["ratio"], 1.0)
        for noise in [autoregressive(rng, parameters["noise"], (count, points), parameters["memory"])]
    )
    return paired_effects(first, second, "log-ratio").reshape(-1, parameters["pairs"])


def _roughness(loss: np.ndarray) -> np.ndarray:
    return value_of({ROUGHNESS.curve: loss}, ROUGHNESS)


def trained_pairs(parameters: Mapping[str, Any], replicates: Sequence[int]) -> Shares:
    """One comparison for each replicate, of real training runs of one condition with itself.

    As in a claim, the two runs of a pair share data and initial weights; only the order of their examples differs.
    """
    with quick_import():
        from generator.training.trainer import Training, train

    class Twins(Training):
        """Runs 2 i and 2 i + 1 differ in nothing but the order of the examples."""

        def stream(self, name: str, replicates: Sequence[int]) -> list[int]:
            return [run if name == "order" else run - run % 2 for run in replicates]

    condition = {**vars(training_of(parameters["condition"])), "chunk": parameters["runs_at_once"]}
    count = 2 * parameters["pairs"]
    runs = [FIRST_TRAINED + count * replicate + i for replicate in replicates for i in range(count)]
    roughness = _roughness(train(Twins(**condition), runs)["loss"]).reshape(len(replicates), -1, 2)
    effects = (paired_effects(block[:, 0], block[:, 1], "log-ratio")[None] for block in roughness)
    return _shares(effects, 0.0)


def drawn_pairs(parameters: Mapping[str, Any], replicates: Sequence[int]) -> Shares:
    """Comparisons whose effects are drawn themselves from a distribution (`noise`) of known `pseudomedian`."""
    shape = (parameters["comparisons"], parameters["pairs"])
    effects = (NOISES[parameters["noise"]](generator(Stream.NOISE, replicate), shape) for replicate in replicates)
    return _shares(effects, parameters["pseudomedian"])


def _shares(effects: Iterable[np.ndarray], truth: float) -> Shares:
    """Shares of each replicate's comparisons, (replicates, 1) each; effects are (comparisons, pairs) a replicate."""
    rows = [_share(block, truth) for block in effects]
    return {name: np.array([[row[name]] for row in rows]) for name in rows[0]}


def _share(effects: np.ndarray, truth: float) -> dict[str, float]:
    """How often each verdict is given and each interval holds the truth, and the `spread` (sd) of effects."""
    told = [dict(_outcomes(estimate_effect(row, FAMILY_SIZE), truth)) for row in effects]
    spread = float(np.mean(np.std(effects, axis=1, ddof=1)))
    return {**{name: float(np.mean([one[name] for one in told])) for name in told[0]}, "spread": spread}


def _outcomes(estimate: Estimate, truth: float) -> Iterator[tuple[str, bool]]:
    verdict = decide(estimate, math.log(MATERIAL_RATIO))
    yield from ((known.name.lower(), verdict is known) for known in Verdict)
    yield "above", estimate.lower > truth
    yield "above_single", estimate.lower_single > truth
    yield "covered", estimate.lower <= truth <= estimate.upper
    yield "covered_90", estimate.lower_90 <= truth <= estimate.upper_90
    yield "covered_single", estimate.lower_single <= truth <= estimate.upper_single
