"""Initial weights crossed with orders of the examples: which of them makes runs differ, and when?"""

import dataclasses

from generator.experiments import learning_rate
from generator.experiments._data_sets import DATA_SETS
from generator.spec import Condition, Curve, Experiment, Figure, Metric

LEVELS = 12

#: The article's network and batches of 32 at the rate that it recommends, on one draw of the data.
CROSSED: Condition = dataclasses.replace(learning_rate.LOW, crossed=LEVELS)

SPREAD = tuple(
    Metric(statistic="last", curve="train_loss", window=(1, epoch)) for epoch in (1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50)
)

EXPERIMENT = Experiment(
    id="sources-of-spread",
    title="Initial weights and order of the examples: who makes the spread?",
    question="Two runs end apart: how much of that comes from the initial weights, and how much from the order?",
    lines=(12, 12),
    chapter="Where fluctuations come from",
    tags=("seeds-differ", "more-seeds", "exact-loss", "initial-weights", "data-order"),
    data_sets=DATA_SETS,
    conditions={"crossed": CROSSED},
    labels={"crossed": f"{LEVELS} initial weights × {LEVELS} orders"},
    curves=(Curve(name="train_loss", label="exact training loss"),),
    measures=SPREAD,
    claims=(),
    figures=(
        Figure(
            id="fig-sources-of-spread-shares",
            kind="spread",
            title="Where the spread between runs comes from",
            question="What share of the variance between runs do initial weights and order make, epoch by epoch?",
            options={"condition": "crossed", "metrics": tuple(metric.id for metric in SPREAD)},
        ),
    ),
    replicates=LEVELS**2,
)
