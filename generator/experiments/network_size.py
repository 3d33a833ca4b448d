"""Does a smaller or a larger network fluctuate more? A description, without a verdict."""

import dataclasses

from generator.experiments import learning_rate
from generator.experiments._data_sets import BREAST_CANCER, PLANTED_TEACHER
from generator.spec import Condition, Curve, Experiment, Figure, Metric

#: The article's network, batches and low rate; its own width is trained once for that experiment and this.
BASE = learning_rate.LOW
EPOCHS, WINDOW = learning_rate.EPOCHS, learning_rate.WINDOW
WIDTHS = (4, 16, 64, 256)
OWN_WIDTH = 64


def of_width(width: int) -> Condition:
    """The article's network with so many hidden units; its own number is left unsaid, as then the run is the same."""
    model = BASE.model if width == OWN_WIDTH else BASE.model.with_parameters(hidden=width)
    return dataclasses.replace(BASE, model=model)


ROUGHNESS = Metric(statistic="second_difference_sd", curve="loss", window=WINDOW)
RELATIVE_ROUGHNESS = dataclasses.replace(ROUGHNESS, log=True)
TURNS = Metric(statistic="turning_point_rate", curve="train_loss", window=WINDOW)
END = Metric(statistic="last", curve="train_loss", window=(1, EPOCHS))

LINES = {"Adam, batch 32": {f"width-{width}": width for width in WIDTHS}}


def by_width(name: str, title: str, question: str, metric: Metric) -> Figure:
    """A figure of one metric at every width."""
    return Figure(
        id=f"fig-network-size-{name}",
        kind="doses",
        title=title,
        question=question,
        options={"x": "hidden units", "lines": LINES, "metric": metric.id},
    )


EXPERIMENT = Experiment(
    id="network-size",
    title="Small and large networks",
    question="Does a smaller or a larger network fluctuate more?",
    lines=(14, 14),
    chapter="Settings that change them",
    tags=("network-size", "averages-jump", "epoch-mean", "exact-loss"),
    data_sets={"planted-teacher": PLANTED_TEACHER, "breast-cancer": BREAST_CANCER},
    conditions={f"width-{width}": of_width(width) for width in WIDTHS},
    labels={f"width-{width}": f"{width} hidden units" for width in WIDTHS},
    curves=(Curve(name="loss", label="training loss"), Curve(name="train_loss", label="exact training loss")),
    measures=(ROUGHNESS, RELATIVE_ROUGHNESS, TURNS, END),
    claims=(),
    figures=(
        by_width(
            "roughness",
            "Roughness of the training loss by the number of hidden units",
            "Is the loss of a larger network rougher?",
            ROUGHNESS,
        ),
        by_width(
            "relative",
            "Relative roughness of the training loss by the number of hidden units",
            "How rough is the loss of a larger network, measured by its own level?",
            RELATIVE_ROUGHNESS,
        ),
        by_width(
            "end",
            f"Exact training loss after {EPOCHS} epochs by the number of hidden units",
            "Where does each network end?",
            END,
        ),
    ),
)
