"""How often do ordinary curves go the wrong way? A grid of ordinary settings; a description, without a verdict."""

import dataclasses

from generator.experiments import batch_size, learning_rate
from generator.experiments._data_sets import DATA_SETS
from generator.spec import Description, Experiment, Figure, Metric, call

EPOCHS = 50
WHOLE = (1, EPOCHS)

#: A run is counted from a movement the wrong way of 5 % of what the curve gains in all.
SHARE = 0.05

CLIMB = Metric(statistic="max_draw_up", curve="loss", window=WHOLE)
DESCENT = Metric(statistic="net_descent", curve="loss", window=WHOLE)
FALL = Metric(statistic="max_draw_down", curve="accuracy", window=WHOLE)
GAIN = Metric(statistic="net_descent", curve="accuracy", window=WHOLE)
TURNS = Metric(statistic="turning_point_rate", curve="loss", window=WHOLE)
ACCURACY_TURNS = Metric(statistic="turning_point_rate", curve="accuracy", window=WHOLE)

LARGE = dataclasses.replace(batch_size.SMALL, batch_size=256, epochs=batch_size.LARGE_EPOCHS)
TEN_TIMES = call("keras.optimizers:Adam", learning_rate=0.01)

#: The article's settings, and ten times its lower rate where that costs little.
GRID = {
    "small": batch_size.SMALL,
    "medium": learning_rate.LOW,
    "large": LARGE,
    "medium-fast": dataclasses.replace(learning_rate.LOW, optimizer=TEN_TIMES),
    "large-fast": dataclasses.replace(LARGE, optimizer=TEN_TIMES, epochs=EPOCHS),
    "medium-fastest": learning_rate.EXPERIMENT.conditions["high"],
}

EXPERIMENT = Experiment(
    id="how-often",
    title="How often curves fluctuate",
    question="How often does a training curve go the wrong way?",
    chapter="Where fluctuations come from",
    tags=("leave-it", "epoch-mean", "accuracy", "averages-jump", "learning-rate", "batch-size"),
    lines=(6, 6),
    data_sets=DATA_SETS,
    conditions=GRID,
    labels={
        "small": "batch 8, rate 0.001",
        "medium": "batch 32, rate 0.001",
        "large": "batch 256, rate 0.001",
        "medium-fast": "batch 32, rate 0.01",
        "large-fast": "batch 256, rate 0.01",
        "medium-fastest": "batch 32, rate 0.1",
    },
    curves=(),
    measures=(CLIMB, DESCENT, TURNS, FALL, GAIN, ACCURACY_TURNS),
    claims=(),
    descriptions=(
        Description(
            id="C01",
            statement="Loss and accuracy plots often fluctuate.",
            lines=(6, 6),
            explanation=(
                "How often depends on which settings one counts, so there is nothing to be right or wrong about: the "
                "page counts the article's own settings and their neighbours, and prints them all."
            ),
        ),
    ),
    figures=(
        Figure(
            id="fig-how-often-loss",
            kind="shares",
            title="How often does the loss climb?",
            question="In what share of runs does the training loss climb by more than 5 % of what it loses in all?",
            options={
                "conditions": tuple(GRID),
                "wrong_way": CLIMB.id,
                "net": DESCENT.id,
                "share": SHARE,
                "counted": f"the training loss climbs by more than {100 * SHARE:g} % of its net descent",
            },
        ),
        Figure(
            id="fig-how-often-accuracy",
            kind="shares",
            title="How often does the accuracy fall?",
            question="In what share of runs does the training accuracy fall by more than 5 % of what it gains in all?",
            options={
                "conditions": tuple(GRID),
                "wrong_way": FALL.id,
                "net": GAIN.id,
                "share": SHARE,
                "counted": f"the training accuracy falls by more than {100 * SHARE:g} % of its net gain",
            },
        ),
    ),
)
