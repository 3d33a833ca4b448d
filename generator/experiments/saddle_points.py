"""Saddle points where theory knows them: a network of linear layers, begun close to zero."""

import dataclasses

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

EPOCHS = 150

DATA_SETS = {
    "linear-teacher": DataSet(
        label="linear teacher",
        data=call("generator.training.datasets:linear_teacher", strengths=(4.0, 2.0, 1.0), noise_sd=0.5),
        loss="mean_squared_error",
    )
}

MEASURED = call("generator.running.saddle_measurements:saddle", steps=32)
RUN = Condition(
    model=call(
        "generator.training.models:regression_network",
        features=6,
        hidden=6,
        layers=2,
        outputs=6,
        activation="linear",
        spread=0.03,
        bias=False,
    ),
    optimizer=call("keras.optimizers:SGD", learning_rate=0.2),
    data=DATA_SETS["linear-teacher"].data,
    loss="mean_squared_error",
    batch_size=32,
    epochs=EPOCHS,
)
SMALL = Measurement(function=MEASURED, condition=RUN)


def with_spread(spread: float) -> Measurement:
    """The same from initial weights of another size."""
    model = RUN.model.with_parameters(spread=spread)
    return Measurement(function=MEASURED, condition=dataclasses.replace(RUN, model=model))


def number(condition: str, name: str) -> Side:
    """A number that is measured once a run."""
    return Side(condition=condition, metric=Metric(statistic="last", curve=name, window=(1, 1)))


def longer_halt(condition: str) -> Comparison:
    """Claimed: progress halts for longer than from initial weights of the usual size."""
    return Comparison(
        larger=number(condition, "still_epochs"),
        smaller=number("usual", "still_epochs"),
        scale="difference",
        margin=5.0,
        unit="epochs",
    )


def more_at_the_saddle(name: str, margin: float, unit: str) -> Comparison:
    """Claimed: more of it on the plateau than at the end."""
    return Comparison(
        larger=number("small", f"plateau_{name}"),
        smaller=number("small", f"end_{name}"),
        scale="difference",
        margin=margin,
        unit=unit,
    )


EXPERIMENT = Experiment(
    id="saddle-points",
    title="Saddle points",
    question="Do saddle points halt training for a while, and do they make it oscillate?",
    lines=(12, 12),
    chapter="Where fluctuations come from",
    tags=("stairs", "curvature", "exact-loss"),
    data_sets=DATA_SETS,
    conditions={"small": SMALL, "tenth": with_spread(0.1), "usual": with_spread(1.0)},
    labels={"small": "weights 0.03 of the usual size", "tenth": "0.1 of the usual size", "usual": "usual size"},
    curves=(
        Curve(name="train_error", label="mean squared error"),
        Curve(name="gradient_norm", label="length of the gradient"),
    ),
    claims=(
        Claim(
            id="C13a",
            statement="Saddle points can halt progress for a while.",
            lines=(12, 12),
            primary=longer_halt("small"),
            secondary={
                "from a tenth of the usual size": longer_halt("tenth"),
                "gradient, at the end against on the plateau": Comparison(
                    larger=number("small", "end_gradient_norm"), smaller=number("small", "plateau_gradient_norm")
                ),
            },
            mechanism=more_at_the_saddle("negative_curvature", 0.1, "of the largest curvature"),
            mechanism_statement=(
                "If a saddle is what halts the run, then on the plateau some directions curve downwards: the lowest "
                "eigenvalue of the Hessian is far below zero there, and no longer where the run ends."
            ),
            data_sets=tuple(DATA_SETS),
            expectation="Supported, with its explanation: the point of zero weights is a saddle of such networks.",
        ),
        Claim(
            id="C13b",
            statement="Saddle points can make training oscillate.",
            lines=(12, 12),
            primary=more_at_the_saddle("swing", 0.1, "share of movement"),
            secondary={
                "in all directions together": more_at_the_saddle("swing_anywhere", 0.1, "share of movement"),
                "learning rate times curvature": more_at_the_saddle("step_curvature", 0.5, ""),
            },
            data_sets=tuple(DATA_SETS),
            expectation=(
                "Refuted, reverse: along the top eigenvector steps alternate where the learning rate times the "
                "curvature exceeds 1, in the valley at the end, and not on the saddle."
            ),
            explanation=(
                "A movement alternates where each step undoes part of the one before; the share is 1/2 for steps that "
                "do not know of each other. Measured over 32 steps from either place, along the direction in which "
                "the loss curves upwards most."
            ),
        ),
    ),
    figures=(
        Figure(
            id="fig-saddle-points-ensemble",
            kind="ensemble",
            title="Training from small initial weights and from usual ones",
            question="For how long does the loss stand still from small initial weights?",
            options={"conditions": ("small", "tenth", "usual"), "curve": "train_error"},
        ),
        Figure(
            id="fig-saddle-points-curvature",
            kind="comparison",
            title="Downward curvature on the plateau, less that at the end",
            question="Is the place where training halts a saddle?",
            options={"claim": "C13a", "comparison": "mechanism"},
        ),
        Figure(
            id="fig-saddle-points-swing",
            kind="comparison",
            title="Does training swing on the saddle, or at the end?",
            question="How much more of the movement alternates on the plateau than at the end?",
            options={"claim": "C13b"},
        ),
    ),
)
