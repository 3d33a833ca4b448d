"""Is a minibatch a random part of the data? What Keras' own `fit` puts into its batches, against drawing each anew."""

import dataclasses
from typing import Any

from generator.experiments._data_sets import DATA_SETS
from generator.spec import Claim, Comparison, Condition, Experiment, Figure, Measurement, Metric, Side, call

EPOCHS = 2

#: Every epoch of every run says the same, but for the chance in independent draws.
REPLICATES = 24

#: The smallest network of the article's kind: which examples a batch holds does not depend on what is trained.
SMALL = Condition(
    model=call("generator.training.models:dense_network", hidden=1),
    optimizer=call("keras.optimizers:SGD", learning_rate=0.01),
    data=DATA_SETS["random-labels"].data,
    batch_size=32,
    epochs=EPOCHS,
)
LARGE = dataclasses.replace(SMALL, batch_size=256)

KERAS, INDEPENDENT = (call(f"generator.running.batches:{name}") for name in ("keras_batches", "independent_batches"))

#: The same batch in two epochs that follow one another: one less than there are epochs.
OVERLAP = Metric(statistic="last", curve="overlap", window=(1, EPOCHS - 1))
LAST_BATCH = Metric(statistic="last", curve="last_batch", window=(1, EPOCHS))
SEEN_ONCE = Metric(statistic="level", curve="seen_once", window=(1, EPOCHS))


def like_independent(metric: Metric, size: str, **how: Any) -> Comparison:
    """Claimed: Keras' batches are like batches that are drawn independently."""
    return Comparison(
        larger=Side(condition=f"keras-{size}", metric=metric),
        smaller=Side(condition=f"independent-{size}", metric=metric),
        scale="difference",
        equal=True,
        **how,
    )


EXPERIMENT = Experiment(
    id="random-subset",
    title="What a minibatch is a sample of",
    question="Is each minibatch a random part of the training data?",
    chapter="Where fluctuations come from",
    tags=("minibatch-noise", "data-order", "shuffle"),
    lines=(10, 10),
    data_sets={"random-labels": DATA_SETS["random-labels"]},
    conditions={
        "keras-small": Measurement(function=KERAS, condition=SMALL),
        "independent-small": Measurement(function=INDEPENDENT, condition=SMALL),
        "keras-large": Measurement(function=KERAS, condition=LARGE),
        "independent-large": Measurement(function=INDEPENDENT, condition=LARGE),
    },
    labels={
        "keras-small": "Keras, batches of 32",
        "independent-small": "independent batches of 32",
        "keras-large": "Keras, batches of 256",
        "independent-large": "independent batches of 256",
    },
    curves=(),
    replicates=REPLICATES,
    measures=(LAST_BATCH, OVERLAP, SEEN_ONCE),
    claims=(
        Claim(
            id="C05",
            statement="Each update draws a random part of the training data.",
            lines=(10, 10),
            primary=like_independent(SEEN_ONCE, "small", margin=0.05, unit="share of the examples"),
            secondary={
                "batches of 256": like_independent(SEEN_ONCE, "large", margin=0.05, unit="share of the examples"),
                "the same again in the next epoch, after a seed was set": like_independent(
                    OVERLAP, "small", margin=0.01, unit="share of a batch"
                ),
            },
            data_sets=("random-labels",),
            replicates=REPLICATES,
            expectation=(
                "Refuted for draws that are independent of each other: Keras cuts a random order of all examples into "
                "pieces, so that an epoch holds every example exactly once."
            ),
            explanation=(
                "A piece of a random order is, taken alone, a random part of the data, and in that the article is "
                "right. But the pieces of an epoch share no example, while batches that are drawn independently repeat "
                "some examples and miss others. Which it is depends on the number of examples and the size of the "
                "batches alone, so one data set is enough."
            ),
        ),
    ),
    figures=(
        Figure(
            id="fig-random-subset-once",
            kind="comparison",
            title="Examples that an epoch uses exactly once",
            question="Are the batches of an epoch drawn independently of each other?",
            options={"claim": "C05"},
        ),
        Figure(
            id="fig-random-subset-again",
            kind="comparison",
            title="How much of a batch comes again in the next epoch, after a seed was set?",
            question="Does Keras draw a new order for each epoch when a seed is set?",
            options={"claim": "C05", "comparison": "the same again in the next epoch, after a seed was set"},
        ),
    ),
)
