"""Example 2 of the article: batches of 8 against 256, from the same initial weights (unlike the article's)."""

import dataclasses

from generator.experiments._data_sets import DATA_SETS
from generator.spec import Claim, Comparison, Condition, Curve, Experiment, Figure, Measurement, Metric, Side, call

EPOCHS = 50
ARTICLE_EPOCHS = 10
WINDOW = (17, EPOCHS)

#: 500 updates are 4 epochs in batches of 8 (125 steps each) and 125 epochs in batches of 256 (4 steps each).
UPDATES = 500
SMALL_EPOCHS, LARGE_EPOCHS = 4, 125
STEP_WINDOW = (168, UPDATES)

#: Adam's stationary noise scales with the rate over the square root of the batch, so this rate keeps it: sqrt(256 / 8).
SCALED_RATE = 0.001 * 32**0.5

SMALL = Condition(
    model=call("generator.training.models:dense_network"),
    optimizer=call("keras.optimizers:Adam", learning_rate=0.001),
    data=DATA_SETS["random-labels"].data,
    batch_size=8,
    epochs=EPOCHS,
)


def side(condition: str, statistic: str, curve: str, window: tuple[int, int], *, log: bool = False) -> Side:
    """One side of a comparison of batch sizes."""
    return Side(condition=condition, metric=Metric(statistic=statistic, curve=curve, window=window, log=log))


def rougher(curve: str, window: tuple[int, int], *, log: bool = False) -> Comparison:
    """Claimed: the curve is rougher in small batches than in large ones."""
    return Comparison(
        larger=side("small", "second_difference_sd", curve, window, log=log),
        smaller=side("large", "second_difference_sd", curve, window, log=log),
    )


def slower(condition: str, epoch: int, small_epoch: int) -> Comparison:
    """Claimed: after so many epochs the exact training loss is higher in large batches."""
    return Comparison(
        larger=side(condition, "last", "train_loss", (1, epoch)),
        smaller=side("small", "last", "train_loss", (1, small_epoch)),
        scale="difference",
        margin=0.01,
        unit="loss",
    )


#: The gradients of both sizes of batches at the same weights: at the start, after the article's epochs and at the end.
GRADIENTS = Measurement(
    function=call(
        "generator.running.gradient_measurements:gradient_noise",
        sizes=(8, 256),
        draws=64,
        checkpoints=(0, ARTICLE_EPOCHS, EPOCHS),
    ),
    condition=SMALL,
)


def variance_of(batch: int) -> Metric:
    """The variance of a batch's gradient, on average over the three points."""
    return Metric(statistic="level", curve=f"variance_{batch}", window=(1, 3))


EXPERIMENT = Experiment(
    id="batch-size",
    title="Batch size: 8 against 256",
    question="Do small batches make the curves noisier, and do large ones learn more slowly?",
    lines=(56, 95),
    tags=("step-loss-jumps", "slow", "step-loss", "batch-size", "larger-batch", "average-plot"),
    data_sets=DATA_SETS,
    conditions={
        "small": SMALL,
        "large": dataclasses.replace(SMALL, batch_size=256, epochs=LARGE_EPOCHS),
        "large-scaled": dataclasses.replace(
            SMALL, batch_size=256, optimizer=call("keras.optimizers:Adam", learning_rate=SCALED_RATE)
        ),
        "gradients": GRADIENTS,
    },
    labels={
        "small": "batches of 8",
        "large": "batches of 256",
        "large-scaled": "batches of 256, learning rate × √32",
        "gradients": "batches of both sizes",
    },
    curves=(
        Curve(name="loss", label="training loss", last=EPOCHS),
        Curve(name="accuracy", label="training accuracy", last=EPOCHS),
        Curve(name="train_loss", label="exact training loss", last=EPOCHS),
        Curve(name="step_loss", label="loss of each step's batch", last=UPDATES),
    ),
    claims=(
        Claim(
            id="C21",
            statement="Small batches give noisier curves than large ones.",
            lines=(95, 95),
            primary=rougher("step_loss", STEP_WINDOW),
            secondary={
                "per epoch, as plotted": rougher("loss", WINDOW),
                "per epoch, exact loss": rougher("train_loss", WINDOW),
                "per step, relative to the loss": rougher("step_loss", STEP_WINDOW, log=True),
            },
            mechanism=Comparison(
                larger=Side(condition="gradients", metric=variance_of(8)),
                smaller=Side(condition="gradients", metric=variance_of(256)),
            ),
            mechanism_statement=(
                "The reason given is the higher variance of the gradient estimates: batches of both sizes are drawn at "
                "weights that stand still, at three points of a run, and the variances of their gradients are compared."
            ),
            data_sets=tuple(DATA_SETS),
            expectation="Supported per step, at equal numbers of updates, near √32; smaller or absent per epoch.",
            explanation=(
                "The article compares equal epochs: 1250 updates against 40, from different initial weights, and epoch "
                "means of 125 steps against 4. Here both start alike and the verdict compares equal updates."
            ),
        ),
        Claim(
            id="C22",
            statement="Large batches converge more slowly.",
            lines=(95, 95),
            primary=slower("large", ARTICLE_EPOCHS, ARTICLE_EPOCHS),
            secondary={
                "at equal updates": slower("large", LARGE_EPOCHS, SMALL_EPOCHS),
                "with the learning rate scaled": slower("large-scaled", ARTICLE_EPOCHS, ARTICLE_EPOCHS),
            },
            data_sets=tuple(DATA_SETS),
            expectation="Supported per epoch where there is something to learn; refuted per update.",
        ),
    ),
    figures=(
        Figure(
            id="fig-batch-size-ensemble",
            kind="ensemble",
            title="Loss of each step in batches of 8 and of 256",
            question="How noisy is each update's loss in small and in large batches?",
            options={"conditions": ("small", "large"), "curve": "step_loss"},
        ),
        Figure(
            id="fig-three-curves",
            kind="three-curves",
            title="One run, three curves",
            question="Does the training jump, or only the way it is measured?",
            data_set="planted-teacher",
            options={"condition": "small", "replicate": 0, "epochs": SMALL_EPOCHS},
        ),
        Figure(
            id="fig-batch-size-article",
            kind="article",
            title="The article's second example, and 64 runs of it",
            question="What does a reader who runs the second example see, and is that run typical?",
            data_set="random-labels",
            options={"conditions": ("small", "large"), "curves": ("loss", "accuracy"), "epochs": ARTICLE_EPOCHS},
        ),
        Figure(
            id="fig-batch-size-comparison",
            kind="comparison",
            title="How much rougher are small batches?",
            question="By what factor do batches of 8 make the curve rougher than batches of 256?",
            options={"claim": "C21"},
        ),
        Figure(
            id="fig-batch-size-speed",
            kind="comparison",
            title="How much slower are large batches?",
            question="How much higher is the training loss in batches of 256?",
            options={"claim": "C22"},
        ),
    ),
)
