"""A grid of learning rates and batch sizes to look around in: nothing is claimed, so nothing is registered."""

import math

from generator.experiments._data_sets import PLANTED_TEACHER
from generator.spec import Condition, Curve, Experiment, Figure, Measurement, Metric, Side, call

#: From far too low to far too high for Adam; and batches of few of the 800 training examples to all of them at once.
RATES = (0.0001, 0.001, 0.01, 0.1, 1.0)
BATCHES = (8, 32, 128, 800)
EXAMPLES = 800

#: TensorBoard's default, and stronger ones; none at all comes with every curve.
SMOOTHINGS = (0.6, 0.8, 0.9, 0.95, 0.98)

EPOCHS, WINDOW = 50, (17, 50)

#: Steps beyond the first few hundred could not be told apart in a plot.
STEPS = 200


def role(rate: float, batch: int) -> str:
    """The name of a setting."""
    return f"rate-{rate:g}-batch-{batch}"


def measured(rate: float, batch: int) -> Measurement:
    """The losses of the article's network, trained by Adam, smoothed and not."""
    return Measurement(
        function=call("generator.running.smoothing_measurements:smoothed_losses", smoothings=SMOOTHINGS, steps=STEPS),
        condition=Condition(
            model=call("generator.training.models:dense_network"),
            optimizer=call("keras.optimizers:Adam", learning_rate=rate),
            data=PLANTED_TEACHER.data,
            batch_size=batch,
            epochs=EPOCHS,
            validation_share=0.2,
        ),
    )


def windows(batch: int) -> dict[str, tuple[int, int]]:
    """The last two thirds of what is drawn of each curve."""
    steps = min(STEPS, EPOCHS * math.ceil(EXAMPLES / batch))
    return {"step_loss": (steps // 3 + 1, steps), "loss": WINDOW, "train_loss": WINDOW, "val_loss": WINDOW}


def plotted(curve: str) -> tuple[str, ...]:
    """A curve and what smoothing makes of it, by the names that the measurement gives them."""
    return (curve, *(f"{curve}_smoothed_{smoothing:g}" for smoothing in SMOOTHINGS))


def roughness(curve: str, window: tuple[int, int]) -> Metric:
    """How rough a curve is over the last two thirds of the run."""
    return Metric(statistic="second_difference_sd", curve=curve, window=window)


SETTINGS = [(rate, batch) for batch in BATCHES for rate in RATES]
END = Metric(statistic="last", curve="train_loss", window=(1, EPOCHS))

EXPERIMENT = Experiment(
    id="explorer",
    title="Explorer: move the settings, watch the curve",
    question="What do the learning rate, the batch size and the plot's smoothing each do to a jumping loss?",
    lines=(14, 14),
    chapter="Reading the curves",
    tags=("average-plot", "batch-size", "learning-rate", "step-loss-jumps", "averages-jump", "step-loss", "epoch-mean"),
    data_sets={"planted-teacher": PLANTED_TEACHER},
    conditions={role(*setting): measured(*setting) for setting in SETTINGS},
    labels={role(rate, batch): f"rate {rate:g}, batches of {batch}" for rate, batch in SETTINGS},
    curves=(
        Curve(name="step_loss", label="loss of each step's batch", last=STEPS),
        Curve(name="loss", label="training loss as printed"),
        Curve(name="train_loss", label="exact training loss"),
        Curve(name="val_loss", label="validation loss"),
    ),
    measures=(
        END,
        *(
            Side(condition=role(rate, batch), metric=roughness(name, window))
            for rate, batch in SETTINGS
            for curve, window in windows(batch).items()
            for name in plotted(curve)
        ),
    ),
    claims=(),
    figures=(
        Figure(
            id="fig-explorer-grid",
            kind="grid",
            title="One run at each learning rate and batch size",
            question="What does the loss look like from far too low a learning rate to far too high?",
            data_set="planted-teacher",
            options={
                "curve": "loss",
                "row": "batch size",
                "column": "learning rate",
                "cells": {str(batch): {f"{rate:g}": role(rate, batch) for rate in RATES} for batch in BATCHES},
            },
        ),
        Figure(
            id="fig-explorer-roughness",
            kind="doses",
            title="Roughness at each learning rate and batch size",
            question="Which setting makes the printed training loss rough?",
            options={
                "x": "learning rate",
                "lines": {f"batch size {batch}": {role(rate, batch): rate for rate in RATES} for batch in BATCHES},
                "metric": roughness("loss", WINDOW).id,
            },
        ),
    ),
)
