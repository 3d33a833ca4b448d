"""Fluctuations without any chance: whole batches, at the largest curvature that the step size bears."""

import dataclasses

from generator.spec import Call, Condition, Curve, DataSet, Experiment, Figure, Measurement, Metric, call

EPOCHS = 40

#: The last third of the run.
WINDOW = (28, EPOCHS)

#: Steps of an epoch, as one pass is one step.
PASSES = 20
STEPS = (27 * PASSES + 1, EPOCHS * PASSES)

DATA_SETS = {
    "digits-200": DataSet(
        label="200 handwritten digits",
        data=call("generator.training.datasets:digits", train=200, test=0),
        loss="mean_squared_error",
    )
}

MEASURED = call("generator.running.edge_measurements:edge", products=8)
RUN = Condition(
    model=call(
        "generator.training.models:regression_network",
        features=64,
        hidden=32,
        layers=2,
        outputs=10,
        activation="tanh",
        spread=0.5,
    ),
    optimizer=call("keras.optimizers:SGD", learning_rate=0.8),
    data=DATA_SETS["digits-200"].data,
    loss="mean_squared_error",
    batch_size=200,
    epochs=EPOCHS,
    passes=PASSES,
)
LARGE = Measurement(function=MEASURED, condition=RUN)


def with_optimizer(optimizer: Call) -> Measurement:
    """The same trained otherwise."""
    return Measurement(function=MEASURED, condition=dataclasses.replace(RUN, optimizer=optimizer))


#: What the page tells: how close to the threshold the run stays, and how much the exact loss rises meanwhile.
EDGE = Metric(statistic="level", curve="edge", window=WINDOW)
RISES = Metric(statistic="upward_variation", curve="step_error", window=STEPS)

EXPERIMENT = Experiment(
    id="edge-of-stability",
    title="The edge of stability",
    question="Can the loss go up and down without any chance at all?",
    lines=(14, 14),
    chapter="Where fluctuations come from",
    tags=("rough-later", "exact-loss", "curvature", "learning-rate", "lower-rate"),
    data_sets=DATA_SETS,
    conditions={
        "large": LARGE,
        "small": with_optimizer(call("keras.optimizers:SGD", learning_rate=0.2)),
        "adam": with_optimizer(call("keras.optimizers:Adam", learning_rate=0.005)),
    },
    labels={
        "large": "descent at 0.8",
        "small": "descent at 0.2",
        "adam": "Adam at 0.005",
    },
    curves=(
        Curve(name="edge", label="largest curvature over its threshold"),
        Curve(name="step_end_error", label="mean squared error, last 100 steps"),
    ),
    claims=(),
    measures=(EDGE, RISES),
    replicates=24,
    figures=(
        Figure(
            id="fig-edge-of-stability",
            kind="ensemble",
            title="The curvature, and what the step size bears",
            question="How large does the curvature become, compared with the threshold of stability?",
            options={"conditions": ("large", "small", "adam"), "curve": "edge", "level": (1.0, "threshold")},
        ),
        Figure(
            id="fig-edge-of-stability-loss",
            kind="ensemble",
            title="The loss of whole batches, without any chance",
            question="Does the exact loss go up and down when every step uses all the data?",
            options={"conditions": ("large", "small"), "curve": "step_end_error"},
        ),
    ),
)
