"""A proxy for the complexity of the landscape: logistic regression against networks, at steps of equal size."""

import dataclasses
from typing import Any

from generator.spec import (
    Claim,
    Comparison,
    Condition,
    Curve,
    DataSet,
    Experiment,
    Figure,
    Measurement,
    Metric,
    Side,
    call,
)

EPOCHS = 75
WINDOW = (26, EPOCHS)

DATA_SETS = {
    "planted-teacher": DataSet(
        label="planted teacher", data=call("generator.training.datasets:planted_teacher", test=0)
    ),
    "digits": DataSet(
        label="handwritten digits",
        data=call("generator.training.datasets:digits", test=0),
        loss="categorical_crossentropy",
        model_parameters={"features": 64, "classes": 10},
    ),
}

#: Steps of half the inverse of the largest curvature, a quarter of what plain descent bears.
STEP = 0.5

MEASURED = call("generator.running.landscape_measurements:descent_at_equal_steps", rate_times_curvature=STEP)
RUN = Condition(
    model=call("generator.training.models:dense_network", hidden=16, layers=3),
    optimizer=call("keras.optimizers:SGD", learning_rate=1.0),
    data=DATA_SETS["planted-teacher"].data,
    batch_size=25,
    epochs=EPOCHS,
)
DEEP = Measurement(function=MEASURED, condition=RUN)


def with_layers(layers: int) -> Measurement:
    """The same with another number of hidden layers."""
    model = RUN.model.with_parameters(layers=layers)
    return Measurement(function=MEASURED, condition=dataclasses.replace(RUN, model=model))


def more_than_convex(condition: str, statistic: str, curve: str, window: tuple[int, int], **options: Any) -> Comparison:
    """Claimed: more of it in a network than in logistic regression, whose loss is convex."""
    log = options.pop("log", False)
    metric = Metric(statistic=statistic, curve=curve, window=window, log=log)
    return Comparison(
        larger=Side(condition=condition, metric=metric), smaller=Side(condition="convex", metric=metric), **options
    )


EXPERIMENT = Experiment(
    id="landscape",
    title="The loss landscape",
    question="Does a more complex loss landscape make training rougher?",
    lines=(12, 12),
    chapter="Where fluctuations come from",
    tags=("curvature", "seeds-differ", "exact-loss"),
    data_sets=DATA_SETS,
    conditions={"convex": with_layers(0), "shallow": with_layers(1), "deep": DEEP},
    labels={"convex": "logistic regression", "shallow": "1 hidden layer", "deep": "3 hidden layers"},
    curves=(Curve(name="train_loss", label="exact training loss"), Curve(name="detour", label="detour")),
    claims=(
        Claim(
            id="C12",
            statement="The complexity of the loss landscape influences the path of training (tested by a proxy only).",
            lines=(12, 12),
            primary=more_than_convex("deep", "second_difference_sd", "train_loss", WINDOW, log=True),
            secondary={
                "absolute roughness": more_than_convex("deep", "second_difference_sd", "train_loss", WINDOW),
                "with 1 hidden layer": more_than_convex(
                    "shallow", "second_difference_sd", "train_loss", WINDOW, log=True
                ),
                "distance between the ends of two runs": more_than_convex(
                    "deep", "last", "distance_of_ends", (1, 1), scale="difference", margin=0.01, unit="of a probability"
                ),
                "detour of the path": more_than_convex("deep", "last", "detour", (1, EPOCHS)),
            },
            data_sets=tuple(DATA_SETS),
            expectation="Not testable as worded. Proxy: rougher, and ends further apart, with three hidden layers.",
            explanation=(
                "Not testable as worded: every loss has a landscape and every path follows it, so no result could "
                "contradict the sentence. The verdict is on a proxy, that a network with three hidden layers trains "
                "more roughly, relative to its loss, than logistic regression, whose loss is convex. Both take steps "
                "of the same size for the curvature where they begin: the learning rate in the table is replaced by "
                "half of the inverse of the largest eigenvalue of the Hessian."
            ),
        ),
    ),
    figures=(
        Figure(
            id="fig-landscape-ensemble",
            kind="ensemble",
            title="Equal steps for their curvature on three kinds of landscape",
            question="How does the loss move on a convex landscape and on those of networks?",
            options={"conditions": ("convex", "shallow", "deep"), "curve": "train_loss"},
        ),
        Figure(
            id="fig-landscape-comparison",
            kind="comparison",
            title="How much rougher are three hidden layers than none?",
            question="By what factor is training rougher, relative to its loss, than on a convex landscape?",
            options={"claim": "C12"},
        ),
        Figure(
            id="fig-landscape-ends",
            kind="comparison",
            title="How far apart do two runs end?",
            question="Do runs from different initial weights end further apart where the loss is not convex?",
            options={"claim": "C12", "comparison": "distance between the ends of two runs"},
        ),
    ),
)
