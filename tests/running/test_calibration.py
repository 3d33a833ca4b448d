"""Calibration: shares of verdicts and intervals against SciPy, and planted answers that must come out."""

import math

import numpy as np
import pytest
import scipy

from generator.running.calibration import _share, drawn_pairs, simulated_pairs
from generator.running.simulated import NOISES, autoregressive, descent

SIMULATED = {"ratio": 1.0, "noise": "normal", "memory": 0.5, "pairs": 32, "comparisons": 10}

VERDICTS = ("supported", "negligible", "reversed", "no_material_effect", "inconclusive")


def test_shares_are_those_that_scipy_counts() -> None:
    effects = np.random.default_rng(3).normal(0.15, 0.4, size=(60, 20))
    told = _share(effects, 0.1)
    above = [scipy.stats.wilcoxon(row - 0.1, alternative="greater", method="exact").pvalue for row in effects]
    both = [scipy.stats.wilcoxon(row - 0.1, method="exact").pvalue for row in effects]
    for name, error in (("above_single", 0.025), ("above", 0.025 / 30)):
        assert told[name] == pytest.approx(np.mean(np.array(above) <= error)), name
    for name, error in (("covered_single", 0.05), ("covered_90", 0.1 / 30), ("covered", 0.05 / 30)):
        assert told[name] == pytest.approx(np.mean(np.array(both) > error)), name
    assert 0 < told["above_single"] < 1 > told["covered_single"] > 0
    assert sum(told[name] for name in VERDICTS) == pytest.approx(1)
    assert told["spread"] == pytest.approx(
        np.mean([math.sqrt(sum((row - sum(row) / 20) ** 2) / 19) for row in effects])
    )


def test_equal_curves_have_no_effect_and_planted_ones_are_found() -> None:
    equal = simulated_pairs(SIMULATED, range(3))
    assert {name: values.shape for name, values in equal.items()} == dict.fromkeys(equal, (3, 1))
    assert equal["supported"].mean() == equal["reversed"].mean() == 0
    assert simulated_pairs({**SIMULATED, "ratio": 2.0}, range(3))["supported"].mean() == 1
    assert simulated_pairs({**SIMULATED, "ratio": 0.5}, range(3))["reversed"].mean() == 1
    assert simulated_pairs({**SIMULATED, "ratio": 2.0}, range(3))["covered_single"].mean() > 0.8


def test_a_replicate_is_simulated_alike_in_any_company() -> None:
    together, alone = simulated_pairs(SIMULATED, [4, 7]), simulated_pairs(SIMULATED, [7])
    assert all(together[name][1] == alone[name][0] for name in together)
    assert together["spread"][0] != together["spread"][1]


@pytest.mark.parametrize(("noise", "pseudomedian"), [("normal", 0.0), ("heavy-tailed", 0.0), ("skewed", 0.8391734950)])
def test_drawn_effects_are_covered_at_their_pseudomedian_and_not_elsewhere(noise: str, pseudomedian: float) -> None:
    parameters = {"noise": noise, "pairs": 64, "comparisons": 100}
    there = drawn_pairs({**parameters, "pseudomedian": pseudomedian}, [1, 2])
    elsewhere = drawn_pairs({**parameters, "pseudomedian": pseudomedian + 1.5}, [1, 2])
    assert there["covered_single"].mean() > 0.9
    assert elsewhere["covered_single"].mean() < 0.01


@pytest.mark.parametrize("noise", NOISES)
def test_autoregression_remembers(noise: str) -> None:
    series = autoregressive(np.random.default_rng(8), noise, (300, 400), 0.6)
    assert series.shape == (300, 400)
    centred = series - series.mean()
    assert np.mean(centred[:, 1:] * centred[:, :-1]) / np.mean(centred**2) == pytest.approx(0.6, abs=0.02)


def test_descent_loses_a_factor_e_in_its_epochs() -> None:
    curve = descent(21, 0.5, 10.0)
    assert curve[[0, 10, 20]] == pytest.approx([0.5, 0.5 / math.e, 0.5 / math.e**2])


@pytest.mark.tensorflow
def test_trained_pairs_differ_in_the_order_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from generator.running import calibration
    from generator.spec import Condition, plain
    from generator.spec import call as named

    condition = Condition(
        model=named("generator.training.models:dense_network", features=3, hidden=4),
        optimizer=named("keras.optimizers:SGD", learning_rate=0.1),
        data=named("generator.training.datasets:planted_teacher", train=16, test=0, features=3),
        batch_size=8,
        epochs=50,
    )
    seen = []

    def roughness(loss: np.ndarray) -> np.ndarray:
        seen.append(loss)
        return np.arange(1.0, len(loss) + 1)

    monkeypatch.setattr(calibration, "_roughness", roughness)
    told = calibration.trained_pairs({"condition": plain(condition), "pairs": 3, "runs_at_once": 6}, [0])
    [loss] = seen
    # Whole batches of one order hold other examples than those of another; the first exact loss would be equal.
    assert loss.shape == (6, 50)
    assert np.abs(loss[0::2, 0] - loss[1::2, 0]).max() < 0.02
    assert np.abs(np.diff(loss[0::2, 0])).min() > 1e-3
    assert not np.array_equal(loss[0], loss[1])
    effects = np.log([1 / 2, 3 / 4, 5 / 6])
    assert told["spread"][0, 0] == pytest.approx(np.std(effects, ddof=1))
