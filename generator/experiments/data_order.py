"""Does the order of the examples make the curves fluctuate? Three ways to order them, and two extremes."""

import dataclasses
from typing import Any

from generator.experiments import learning_rate
from generator.experiments._data_sets import DATA_SETS
from generator.spec import Claim, Comparison, Curve, Experiment, Figure, Measurement, Metric, Side, call

#: The article's network and batches of 32 at the rate that it recommends, trained once for this experiment and that.
RESHUFFLED = learning_rate.LOW
EPOCHS, WINDOW = learning_rate.EPOCHS, learning_rate.WINDOW

#: With frozen weights nothing changes from epoch to epoch, so a few epochs are enough.
FROZEN_EPOCHS = 10
STEPS_PER_EPOCH = 32
STEPS_SHOWN = 4 * STEPS_PER_EPOCH

#: The extremes are compared by the level of the loss, for which fewer epochs are enough.
EXTREME_EPOCHS = 25
EXTREME_WINDOW = (9, EXTREME_EPOCHS)

#: One epoch is taken in so many orders from the middle of the window, over which the run's own roughness is measured. A
#: standard deviation of fifty is known within a tenth, and the middle one of all runs better; two hundred would cost
#: about as much as everything else here.
ORDERS = 50
CHECKPOINT = sum(WINDOW) // 2

FROZEN = dataclasses.replace(
    RESHUFFLED, optimizer=call("keras.optimizers:Adam", learning_rate=0.0), epochs=FROZEN_EPOCHS
)

ONE_EPOCH = Measurement(
    function=call("generator.running.order_measurements:one_epoch_anew", epoch=CHECKPOINT, orders=ORDERS),
    condition=RESHUFFLED,
)


def over_orders(curve: str) -> Metric:
    """The spread of a loss over the orders of one epoch."""
    return Metric(statistic="last", curve=f"{curve}_over_orders", window=(1, 1))


def side(condition: str, statistic: str, curve: str, window: tuple[int, int] = WINDOW, *, log: bool = False) -> Side:
    """One side of a comparison of orders."""
    return Side(condition=condition, metric=Metric(statistic=statistic, curve=curve, window=window, log=log))


def rougher(larger: str, smaller: str, curve: str, *, log: bool = False) -> Comparison:
    """Claimed: the curve is rougher in one order than in the other."""
    return Comparison(
        larger=side(larger, "second_difference_sd", curve, log=log),
        smaller=side(smaller, "second_difference_sd", curve, log=log),
    )


def higher(larger: Side, smaller: Side, margin: float, **how: Any) -> Comparison:
    """Claimed: one side is higher, in nats."""
    return Comparison(larger=larger, smaller=smaller, scale="difference", margin=margin, unit="loss", **how)


EXPERIMENT = Experiment(
    id="data-order",
    title="The order of the examples",
    question="Does shuffling the examples make the curves fluctuate?",
    chapter="Where fluctuations come from",
    tags=("data-order", "averages-jump", "epoch-mean", "exact-loss", "shuffle"),
    lines=(10, 10),
    data_sets=DATA_SETS,
    conditions={
        "reshuffled": RESHUFFLED,
        "once": dataclasses.replace(RESHUFFLED, order="once"),
        "replacement": dataclasses.replace(RESHUFFLED, order="replacement"),
        "frozen": FROZEN,
        "easy-first": dataclasses.replace(RESHUFFLED, order="easy-first", epochs=EXTREME_EPOCHS),
        "hard-first": dataclasses.replace(RESHUFFLED, order="hard-first", epochs=EXTREME_EPOCHS),
        "frozen-stored": dataclasses.replace(FROZEN, order="stored"),
        "one-epoch": ONE_EPOCH,
    },
    labels={
        "reshuffled": "reshuffled each epoch",
        "once": "shuffled once",
        "replacement": "drawn with replacement",
        "frozen": "weights frozen, reshuffled",
        "easy-first": "easy examples first",
        "hard-first": "hard examples first",
        "frozen-stored": "weights frozen, as stored",
        "one-epoch": f"one epoch in {ORDERS} orders",
    },
    curves=(
        Curve(name="loss", label="training loss"),
        Curve(name="train_loss", label="exact training loss"),
        Curve(name="step_loss", label="loss of each step's batch", last=STEPS_SHOWN),
    ),
    measures=tuple(Side(condition="one-epoch", metric=over_orders(curve)) for curve in ("loss", "train_loss")),
    claims=(
        Claim(
            id="C08",
            statement="Shuffling the examples before each epoch makes the curves vary more.",
            lines=(10, 10),
            primary=rougher("reshuffled", "once", "loss"),
            secondary={
                "relative to the loss": rougher("reshuffled", "once", "loss", log=True),
                "exact loss": rougher("reshuffled", "once", "train_loss"),
                "against drawing with replacement": rougher("reshuffled", "replacement", "loss"),
                "against drawing with replacement, exact loss": rougher("reshuffled", "replacement", "train_loss"),
            },
            data_sets=tuple(DATA_SETS),
            expectation=(
                "Supported against an order that is shuffled once; reversed against drawing with replacement, as "
                "shuffling takes every example exactly once an epoch."
            ),
            explanation=(
                "More than what? The verdict compares with one order that is kept. Compared with drawing each batch "
                "afresh, which is what much of the theory supposes, the same shuffling may well calm the curves. Our "
                "examples are stored in random order, so never to shuffle is the same as to shuffle once."
            ),
        ),
        Claim(
            id="C09",
            statement="One epoch presents easy examples and the loss falls, the next harder ones and it rises.",
            lines=(10, 10),
            primary=Comparison(
                larger=side("frozen", "turning_point_rate", "loss", (1, FROZEN_EPOCHS)),
                smaller=side("frozen-stored", "turning_point_rate", "loss", (1, FROZEN_EPOCHS)),
                scale="difference",
                margin=0.1,
                unit="turns per epoch",
            ),
            secondary={
                "largest climb": higher(
                    side("frozen", "max_draw_up", "loss", (1, FROZEN_EPOCHS)),
                    side("frozen-stored", "max_draw_up", "loss", (1, FROZEN_EPOCHS)),
                    margin=0.001,
                ),
                "from step to step": higher(
                    side("frozen", "upward_variation", "step_loss", (1, FROZEN_EPOCHS * STEPS_PER_EPOCH)),
                    side("frozen", "upward_variation", "loss", (1, FROZEN_EPOCHS)),
                    margin=0.001,
                ),
                "hard examples first, level of the loss": higher(
                    side("hard-first", "level", "loss", EXTREME_WINDOW),
                    side("easy-first", "level", "loss", EXTREME_WINDOW),
                    margin=0.01,
                ),
            },
            data_sets=tuple(DATA_SETS),
            expectation="Refuted from epoch to epoch: every epoch holds every example. Supported from step to step.",
            explanation=(
                "At a learning rate of 0 the weights stand still, and only which examples come when is left to chance. "
                "The loss of an epoch is the mean over all examples, so no order can move it. While weights move, "
                "orders act through them; easy or hard examples first in every epoch, the extremes, tell how far."
            ),
        ),
    ),
    figures=(
        Figure(
            id="fig-data-order-runs",
            kind="runs",
            title="The same run with its examples ordered in three ways",
            question="How does a run differ by the way its examples are ordered?",
            data_set="random-labels",
            options={"conditions": ("replacement", "reshuffled", "once"), "curve": "loss"},
        ),
        Figure(
            id="fig-data-order-frozen",
            kind="three-curves",
            title="A run whose weights stand still",
            question="Can the order of the examples move the loss of an epoch?",
            data_set="planted-teacher",
            options={"condition": "frozen", "epochs": STEPS_SHOWN // STEPS_PER_EPOCH},
        ),
        Figure(
            id="fig-data-order-comparison",
            kind="comparison",
            title="Reshuffling against shuffling once",
            question="By what factor does a new order each epoch make the loss rougher than one that is kept?",
            options={"claim": "C08"},
        ),
        Figure(
            id="fig-data-order-replacement",
            kind="comparison",
            title="Reshuffling against drawing with replacement",
            question="By what factor does reshuffling change the roughness of drawing with replacement?",
            options={"claim": "C08", "comparison": "against drawing with replacement, exact loss"},
        ),
        Figure(
            id="fig-data-order-extremes",
            kind="comparison",
            title="Hard examples first against easy examples first",
            question="How far can an extreme order move the loss of an epoch while the weights move?",
            options={"claim": "C09", "comparison": "hard examples first, level of the loss"},
        ),
    ),
)
