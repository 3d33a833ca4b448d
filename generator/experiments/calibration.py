"""Does the method say what it should where the answer is known? Equal things compared, effects planted, coverage."""

import math

from generator.experiments._data_sets import PLANTED_TEACHER
from generator.spec import FAMILY_SIZE, METHOD, Condition, DataSet, Experiment, Measurement, Metric, Truth, call

#: Pairs of a comparison, as of a claim, and comparisons in each of the 64 replicates: 2560 in all.
PAIRS, COMPARISONS = 64, 40
COUNT = 64 * COMPARISONS

#: The article's optimiser on a problem so small that the 8192 runs of 64 comparisons of 64 pairs take seconds.
SMALL = Condition(
    model=call("generator.training.models:dense_network", hidden=8),
    optimizer=call("keras.optimizers:Adam", learning_rate=0.001),
    data=PLANTED_TEACHER.data.with_parameters(train=96),
    batch_size=32,
    epochs=50,
)

PLANTED = (1.1, 1.25, 1.6, 2.0)


def simulated(ratio: float, noise: str = "normal") -> Measurement:
    """Curves with autoregressive noise, in the first of each pair `ratio` times as strong."""
    function = call(
        "generator.running.calibration:simulated_pairs",
        ratio=ratio,
        noise=noise,
        memory=0.5,
        pairs=PAIRS,
        comparisons=COMPARISONS,
    )
    return Measurement(function=function, condition=None)


def drawn(noise: str, pseudomedian: float) -> Measurement:
    """Effects drawn from a distribution."""
    function = call(
        "generator.running.calibration:drawn_pairs",
        noise=noise,
        pseudomedian=pseudomedian,
        pairs=PAIRS,
        comparisons=COMPARISONS,
    )
    return Measurement(function=function, condition=None)


def share(name: str) -> Metric:
    """A share of each replicate's comparisons."""
    return Metric(statistic="last", curve=name, window=(1, 1))


def rate(identifier: str, condition: str, name: str, nominal: float, statement: str) -> Truth:
    """A rate that has a nominal level, within 3.3 standard errors: one in a thousand misses by chance."""
    error = 3.3 * math.sqrt(nominal * (1 - nominal) / COUNT)
    return Truth(
        id=identifier, statement=statement, condition=condition, metric=share(name), theory=nominal, tolerance=error
    )


def at_least(identifier: str, condition: str, name: str, smallest: float, statement: str) -> Truth:
    """A rate that should be 1 and must not be less than this."""
    return Truth(
        id=identifier,
        statement=statement,
        condition=condition,
        metric=share(name),
        theory=1.0,
        tolerance=1.0 - smallest,
    )


EQUAL = {
    "equal-normal": ("equal curves, normal noise", simulated(1.0)),
    "equal-heavy-tailed": ("equal curves, heavy-tailed noise", simulated(1.0, "heavy-tailed")),
    "equal-trained": (
        "equal training runs",
        Measurement(
            function=call("generator.running.calibration:trained_pairs", pairs=PAIRS, runs_at_once=512),
            condition=SMALL,
        ),
    ),
}

EFFECTS = {f"planted-{ratio}": (f"{ratio} times as rough", simulated(ratio)) for ratio in PLANTED}

#: The pseudomedian of exponentials is half the median of a gamma variable of shape 2: (1 + 2 m) exp(-2 m) = 1/2.
EFFECTS_DRAWN = {
    "pairs-normal": ("normal effects", drawn("normal", 0.0)),
    "pairs-skewed": ("skewed effects", drawn("skewed", 0.8391734950083306)),
    "pairs-heavy-tailed": ("heavy-tailed effects", drawn("heavy-tailed", 0.0)),
}

SCENARIOS = {**EQUAL, **EFFECTS, **EFFECTS_DRAWN}

#: Chance of each interval to lie above the truth: half of what it may miss.
FAMILY_LEVEL, SINGLE_LEVEL = 0.025 / FAMILY_SIZE, 0.025

EXPERIMENT = Experiment(
    id="calibration",
    title="Calibration",
    question="How often are verdicts wrong where the answer is known?",
    lines=(146, 146),
    chapter=METHOD,
    data_sets={"calibration": DataSet(label="comparisons with a known answer", data=SMALL.data)},
    conditions={role: measured for role, (_, measured) in SCENARIOS.items()},
    labels={role: label for role, (label, _) in SCENARIOS.items()},
    curves=(),
    claims=(),
    figures=(),
    measures=tuple(
        share(name)
        for name in (
            "supported",
            "negligible",
            "reversed",
            "no_material_effect",
            "inconclusive",
            "above",
            "above_single",
            "covered",
            "covered_90",
            "covered_single",
            "spread",
        )
    ),
    truths=(
        *(
            rate(f"{role}-{name.replace('_', '-')}", role, name, level, f"{EQUAL[role][0]}: {words}")
            for role in ("equal-normal", "equal-heavy-tailed")
            for name, level, words in (
                ("above", FAMILY_LEVEL, "the simultaneous interval lies above no effect"),
                ("above_single", SINGLE_LEVEL, "the interval of one comparison lies above no effect"),
            )
        ),
        *(
            at_least(f"{role}-no-effect", role, "no_material_effect", 0.9, f"{label}: no material effect is found")
            for role, (label, _) in EQUAL.items()
        ),
        *(
            at_least(f"planted-{ratio}-found", f"planted-{ratio}", "supported", 0.95, f"{ratio} times as rough: found")
            for ratio in (1.6, 2.0)
        ),
        *(
            rate(
                f"{role}-single",
                role,
                "covered_single",
                0.95,
                f"{EFFECTS_DRAWN[role][0]}: the interval of one holds the truth",
            )
            for role in ("pairs-normal", "pairs-heavy-tailed")
        ),
        Truth(
            id="pairs-skewed-single",
            statement="skewed effects, which the interval does not allow for: it holds the truth, within 2 points",
            condition="pairs-skewed",
            metric=share("covered_single"),
            theory=0.95,
            tolerance=0.02,
        ),
        *(
            rate(
                f"{role}-family",
                role,
                "covered",
                1 - 2 * FAMILY_LEVEL,
                f"{EFFECTS_DRAWN[role][0]}: the simultaneous interval holds the truth",
            )
            for role in ("pairs-normal", "pairs-heavy-tailed")
        ),
    ),
)
