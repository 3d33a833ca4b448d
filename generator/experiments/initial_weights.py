"""Runs and their twins: what do other initial weights, another order and other data change?"""

import dataclasses
from typing import Any

from generator.experiments import learning_rate
from generator.experiments._data_sets import DATA_SETS_WITH_TEST
from generator.spec import Claim, Comparison, Curve, Experiment, Figure, Measurement, Metric, Side, call

#: The network, rate, epochs and window that the article's first example recommends. 34 epochs leave 32 second
#: differences, enough for a correlation that 64 pairs are then compared by.
BASE = dataclasses.replace(learning_rate.LOW, data=DATA_SETS_WITH_TEST["random-labels"].data)
EPOCHS, WINDOW = learning_rate.EPOCHS, learning_rate.WINDOW
EARLY, LATE = (1, 10), (41, EPOCHS)

#: What each twin draws anew.
TWINS = {"again": (), "init": ("init",), "order": ("order",), "seeds": ("init", "order"), "data": ("data",)}


def twin(*anew: str) -> Measurement:
    """A run beside its twin."""
    return Measurement(
        function=call("generator.running.twins:compare", anew=anew, first=WINDOW[0]),
        condition=BASE,
    )


def apart(larger: str, smaller: str, window: tuple[int, int] = (1, EPOCHS), *, of: str = "distance") -> Comparison:
    """Claimed: one twin's loss is further from the run's than another's, by a ratio."""
    metric = Metric(statistic="level", curve=of, window=window)
    return Comparison(larger=Side(condition=larger, metric=metric), smaller=Side(condition=smaller, metric=metric))


def pattern(curve: str) -> Metric:
    """How far the fluctuations of a run and its twin go together, 1 at most."""
    return Metric(statistic="last", curve=f"{curve}_correlation", window=(1, 1))


def together(larger: str, smaller: str, curve: str, margin: float) -> Comparison:
    """Claimed: the fluctuations of one twin go along with the run's more than another's do."""
    return Comparison(
        larger=Side(condition=larger, metric=pattern(curve)),
        smaller=Side(condition=smaller, metric=pattern(curve)),
        scale="difference",
        margin=margin,
        unit="correlation",
    )


def ends_alike(other: str) -> Comparison:
    """Claimed: the twin's test accuracy ends within two percentage points of the run's."""
    metric = Metric(statistic="last", curve="test_gap", window=(1, EPOCHS))
    return Comparison(
        larger=Side(condition=other, metric=metric),
        smaller=Side(condition="again", metric=metric),
        scale="difference",
        margin=0.02,
        unit="share correct",
        equal=True,
    )


def differs(other: str, **options: Any) -> Comparison:
    """Claimed: the twin's loss is further from the run's than that of the same run once more, by a difference."""
    changed: dict[str, Any] = {"scale": "difference", "margin": 0.01, "unit": "loss", **options}
    return dataclasses.replace(apart(other, "again"), **changed)


EXPERIMENT = Experiment(
    id="initial-weights",
    title="Twins: other initial weights, another order, other data",
    question="What do other initial weights alone change, and do they make the pattern of a curve?",
    lines=(12, 12),
    chapter="Where fluctuations come from",
    tags=("initial-weights", "seeds-differ", "exact-loss", "more-seeds"),
    data_sets=DATA_SETS_WITH_TEST,
    conditions={name: twin(*anew) for name, anew in TWINS.items()},
    labels={
        "again": "the same run again",
        "init": "other initial weights",
        "order": "another order",
        "seeds": "other initial weights and order",
        "data": "other data",
    },
    curves=(
        Curve(name="distance", label="distance between the exact training losses of both runs"),
        Curve(name="test_gap", label="gap between the test accuracies of both runs"),
    ),
    claims=(
        Claim(
            id="C10",
            statement="Other initial weights alone lead a run along another path.",
            lines=(12, 12),
            primary=differs("init"),
            secondary={
                "relative to the loss": dataclasses.replace(
                    apart("init", "again", of="relative_distance"),
                    scale="difference",
                    margin=0.01,
                    unit="share of the loss",
                ),
                "more than another order": apart("init", "order"),
                "more than another order, epochs 1 to 10": apart("init", "order", EARLY),
                "more than another order, epochs 41 to 50": apart("init", "order", LATE),
                "more than another order, relative to the loss": apart("init", "order", of="relative_distance"),
                "more than other data": apart("init", "data"),
            },
            data_sets=tuple(DATA_SETS_WITH_TEST),
            expectation=(
                "Supported: the same run again is at a distance of exactly 0. More than another order early; alike "
                "later."
            ),
            explanation=(
                "Each run is trained again with other initial weights on the same data in the same order, and once "
                "more with nothing changed. That second one has to be the same bit by bit, or the comparison would "
                "measure something else."
            ),
        ),
        Claim(
            id="C11",
            statement="Two runs that differ only in their seed fluctuate in different patterns, yet end alike.",
            lines=(12, 12),
            primary=together("again", "seeds", "loss", margin=0.5),
            secondary={
                "patterns of the exact loss": together("again", "seeds", "train_loss", margin=0.5),
                "patterns of the accuracy": together("again", "seeds", "accuracy", margin=0.5),
                "the order shared, against nothing shared": together("init", "seeds", "loss", margin=0.1),
                "the initial weights shared, against nothing shared": together("order", "seeds", "loss", margin=0.1),
                "explanation, in the exact loss": together("order", "init", "train_loss", margin=0.1),
                "explanation, in the accuracy": together("order", "init", "accuracy", margin=0.1),
                "similar end": ends_alike("seeds"),
                "similar end with other initial weights alone": ends_alike("init"),
            },
            mechanism=together("order", "init", "loss", margin=0.1),
            mechanism_statement=(
                "The article puts the patterns down to the initial weights. Then runs that share these and not the "
                "order would go up and down together, more than runs that share the order and not the initial weights."
            ),
            data_sets=tuple(DATA_SETS_WITH_TEST),
            expectation=(
                "Patterns differ: supported. Explanation: refuted, as each epoch's batches make its jump, whatever the "
                "weights began at. Similar end: open, as the gap may be wider than two points on random labels."
            ),
            explanation=(
                "Fluctuations are compared by the correlation of second differences, epochs 17 to 50: 1 where two "
                "curves go up and down together, 0 where they have nothing in common. The same run again has 1."
            ),
        ),
    ),
    figures=(
        Figure(
            id="fig-initial-weights-distance",
            kind="ensemble",
            title="How far two runs are apart that differ in one thing",
            question="Do other initial weights, another order or other data take a run further from its twin?",
            options={"conditions": ("init", "order", "data"), "curve": "distance"},
        ),
        Figure(
            id="fig-initial-weights-trajectory",
            kind="comparison",
            title="How far do other initial weights take a run?",
            question="How much further from a run is its twin with other initial weights than the same run again?",
            options={"claim": "C10"},
        ),
        Figure(
            id="fig-initial-weights-together",
            kind="doses",
            title="Which runs go up and down together?",
            question="Do two runs fluctuate alike when they share the order, the initial weights, or neither?",
            options={
                "x": "what both runs share",
                "lines": {"training loss": {"init": "the order", "order": "initial weights", "seeds": "neither"}},
                "metric": pattern("loss").id,
                "apart": True,
            },
        ),
        Figure(
            id="fig-initial-weights-pattern",
            kind="comparison",
            title="Do fluctuations follow the initial weights or the order?",
            question="Which runs go up and down together: those with the same initial weights or the same order?",
            options={"claim": "C11", "comparison": "mechanism"},
        ),
        Figure(
            id="fig-initial-weights-end",
            kind="comparison",
            title="Do runs with different seeds end alike?",
            question="How far apart are the test accuracies of two runs that differ only in their seed?",
            options={"claim": "C11", "comparison": "similar end"},
        ),
    ),
)
