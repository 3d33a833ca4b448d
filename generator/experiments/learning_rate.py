"""Example 1 of the article: Adam at a learning rate of 0.1 against 0.001."""

import dataclasses
from typing import Any

from generator.experiments._data_sets import DATA_SETS
from generator.spec import Claim, Comparison, Condition, Curve, Experiment, Figure, Metric, Side, call

EPOCHS = 50
ARTICLE_EPOCHS = 10
WINDOW = (17, EPOCHS)

LOW = Condition(
    model=call("generator.training.models:dense_network"),
    optimizer=call("keras.optimizers:Adam", learning_rate=0.001),
    data=DATA_SETS["random-labels"].data,
    batch_size=32,
    epochs=EPOCHS,
    probes=("dead_units",),
)


def high_against_low(metric: Metric, **scale: Any) -> Comparison:
    """Claimed: the metric is larger at 0.1 than at 0.001."""
    return Comparison(
        larger=Side(condition="high", metric=metric), smaller=Side(condition="low", metric=metric), **scale
    )


ROUGHNESS = Metric(statistic="second_difference_sd", curve="loss", window=WINDOW)
RELATIVE_ROUGHNESS = Metric(statistic="second_difference_sd", curve="loss", window=WINDOW, log=True)
EXACT_ROUGHNESS = Metric(statistic="second_difference_sd", curve="train_loss", window=WINDOW)
RISES = Metric(statistic="upward_variation", curve="loss", window=(1, ARTICLE_EPOCHS))
DEAD = Metric(statistic="last", curve="dead_units", window=(1, ARTICLE_EPOCHS))

EXPERIMENT = Experiment(
    id="learning-rate",
    title="Learning rate: 0.1 against 0.001",
    question="Does a high learning rate make the curves jump, and is it overshooting?",
    lines=(21, 53),
    tags=("averages-jump", "stuck", "learning-rate", "lower-rate", "epoch-mean"),
    data_sets=DATA_SETS,
    conditions={
        "high": dataclasses.replace(LOW, optimizer=call("keras.optimizers:Adam", learning_rate=0.1)),
        "low": LOW,
    },
    labels={"high": "learning rate 0.1", "low": "learning rate 0.001"},
    curves=(Curve(name="loss", label="training loss"), Curve(name="accuracy", label="training accuracy")),
    measures=(DEAD, Metric(statistic="third_difference_sd", curve="loss", window=WINDOW)),
    claims=(
        Claim(
            id="C18",
            statement="Trained as in the first example, at a learning rate of 0.1, the loss visibly goes up and down.",
            lines=(53, 53),
            primary=high_against_low(RISES, scale="difference", margin=0.01, unit="loss"),
            data_sets=tuple(DATA_SETS),
            expectation="Supported: the mean rise between epochs exceeds that at 0.001 by more than 0.01.",
        ),
        Claim(
            id="C19",
            statement="The jumps at 0.1 come from the optimiser stepping over the best weights.",
            lines=(53, 53),
            primary=high_against_low(EXACT_ROUGHNESS),
            mechanism=Comparison(
                larger=Side(condition="low", metric=DEAD),
                smaller=Side(condition="high", metric=DEAD),
                scale="difference",
                margin=0.1,
                unit="share of hidden units",
            ),
            mechanism_statement=(
                "An optimiser that oscillates around good weights still uses its network. If instead far more hidden "
                "units are dead at 0.1 than at 0.001, the first steps broke the network: little is left to overshoot."
            ),
            data_sets=tuple(DATA_SETS),
            expectation="Direction supported, mechanism refuted: most ReLU units die in the first epoch.",
        ),
        Claim(
            id="C20",
            statement="At a learning rate of 0.001 the curves are smoother than at 0.1.",
            lines=(53, 53),
            primary=high_against_low(ROUGHNESS),
            secondary={
                "relative to the loss": high_against_low(RELATIVE_ROUGHNESS),
            },
            data_sets=tuple(DATA_SETS),
            expectation="Supported.",
        ),
    ),
    figures=(
        Figure(
            id="fig-learning-rate-ensemble",
            kind="ensemble",
            title="Training loss at learning rates 0.1 and 0.001",
            question="How do 64 runs differ between the two learning rates?",
            options={"conditions": ("high", "low"), "curve": "loss"},
        ),
        Figure(
            id="fig-learning-rate-article",
            kind="article",
            title="The article's first example, and 64 runs of it",
            question="What does a reader who runs the first example see, and is that run typical?",
            data_set="random-labels",
            options={
                "conditions": ("high",),
                "curves": ("loss", "accuracy"),
                "epochs": ARTICLE_EPOCHS,
                "metric": RISES.id,
            },
        ),
        Figure(
            id="fig-learning-rate-comparison",
            kind="comparison",
            title="How much rougher is the loss at 0.1 than at 0.001?",
            question="By what factor does the learning rate change the roughness?",
            options={"claim": "C20"},
        ),
        Figure(
            id="fig-learning-rate-dead-units",
            kind="comparison",
            title="Dead hidden units at 0.001, less those at 0.1",
            question="How many more hidden units are dead at 0.1, and is there a network left to overshoot with?",
            options={"claim": "C19", "comparison": "mechanism"},
        ),
    ),
)
