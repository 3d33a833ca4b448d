"""L2 penalties and decoupled weight decay from none to far too strong."""

import dataclasses
from typing import Any

from generator.experiments import early_stopping
from generator.experiments._data_sets import DATA_SETS_WITH_TEST
from generator.spec import Claim, Comparison, Condition, Curve, Experiment, Figure, Metric, Side, call

#: The network, rate and window of the article's third example, two strengths of which are trained once for both.
BASE = early_stopping.PENALISED
EPOCHS, WINDOW = early_stopping.EPOCHS, early_stopping.WINDOW

L2_STRENGTHS = ("0.0001", "0.001", "0.01", "0.1")

#: A step takes the learning rate times this from each weight: at 1 and a rate of 0.001, 78 % over the run's 1500 steps.
DECAYS = ("0.01", "0.1", "1", "10")

DATA_SETS = {name: DATA_SETS_WITH_TEST[name] for name in ("planted-teacher", "digits")}


def penalised(strength: float) -> Condition:
    """Adam with an L2 penalty in the loss."""
    return dataclasses.replace(BASE, model=BASE.model.with_parameters(l2=strength))


def decayed(strength: float) -> Condition:
    """AdamW, which shrinks the weights apart from the loss."""
    optimizer = call("keras.optimizers:AdamW", learning_rate=0.001, weight_decay=strength)
    return dataclasses.replace(penalised(0.0), optimizer=optimizer)


#: Doses by role, as words: 0 is one of them. AdamW without decay is Adam.
L2_DOSES = {"none": "0", **{f"l2-{strength}": strength for strength in L2_STRENGTHS}}
DECAY_DOSES = {"none": "0", **{f"decay-{strength}": strength for strength in DECAYS}}
L2, DECAY = "L2 penalty", "weight decay"
LINES = {L2: L2_DOSES, DECAY: DECAY_DOSES}


def roughness(curve: str, *, log: bool = False) -> Metric:
    """How rough a curve is over the last two thirds of the run."""
    return Metric(statistic="second_difference_sd", curve=curve, window=WINDOW, log=log)


def end(curve: str) -> Metric:
    """Where a curve ends."""
    return Metric(statistic="last", curve=curve, window=(1, EPOCHS))


def above(larger: str, smaller: str, metric: Metric, **options: Any) -> Comparison:
    """Claimed: the metric is larger in one condition than in the other."""
    return Comparison(
        larger=Side(condition=larger, metric=metric), smaller=Side(condition=smaller, metric=metric), **options
    )


def dampened(curve: str, strong: str = "l2-0.1", *, log: bool = False) -> Comparison:
    """Claimed: without regularisation the curve is rougher than with a strong one."""
    return above("none", strong, roughness(curve, log=log))


def hindered(curve: str, strong: str = "l2-0.1") -> Comparison:
    """Claimed: with strong regularisation the loss ends higher."""
    return above(strong, "none", end(curve), scale="difference", margin=0.01, unit="loss")


def less_accurate(curve: str) -> Comparison:
    """Claimed: with strong regularisation the accuracy ends lower."""
    return above("none", "l2-0.1", end(curve), scale="difference", margin=0.01, unit="share correct")


DATA_ROUGHNESS, PLOTTED_ROUGHNESS = roughness("data_loss"), roughness("loss")

EXPERIMENT = Experiment(
    id="regularisation",
    title="Regularisation from none to far too strong",
    question="Does regularisation calm the curves, and what does that cost?",
    lines=(14, 14),
    chapter="Settings that change them",
    tags=("penalty", "exact-loss", "not-calmed", "log-data-loss"),
    data_sets=DATA_SETS,
    conditions={
        "none": penalised(0.0),
        **{f"l2-{strength}": penalised(float(strength)) for strength in L2_STRENGTHS},
        **{f"decay-{strength}": decayed(float(strength)) for strength in DECAYS},
    },
    labels={
        "none": "no regularisation",
        **{f"l2-{strength}": f"L2 penalty of {strength}" for strength in L2_STRENGTHS},
        **{f"decay-{strength}": f"weight decay of {strength}" for strength in DECAYS},
    },
    curves=(
        Curve(name="loss", label="training loss"),
        Curve(name="data_loss", label="training loss without the penalty"),
        Curve(name="val_data_loss", label="validation loss without the penalty"),
    ),
    measures=(
        DATA_ROUGHNESS,
        PLOTTED_ROUGHNESS,
        roughness("data_loss", log=True),
        end("train_data_loss"),
        end("test_data_loss"),
    ),
    claims=(
        Claim(
            id="C16",
            statement="Strong regularisation dampens the fluctuations.",
            lines=(14, 14),
            primary=dampened("data_loss"),
            secondary={
                "relative to the loss": dampened("data_loss", log=True),
                "as plotted, with the penalty": dampened("loss"),
                "validation loss": dampened("val_data_loss"),
                # A network that says the same of every example has a constant accuracy, which no ratio can tell.
                "training accuracy": above(
                    "none", "l2-0.1", roughness("accuracy"), scale="difference", margin=0.001, unit="share correct"
                ),
                "a mild penalty of 0.001": dampened("data_loss", "l2-0.001"),
                "strong decoupled weight decay": dampened("data_loss", "decay-10"),
                "strong decoupled weight decay, relative to the loss": dampened("data_loss", "decay-10", log=True),
            },
            data_sets=tuple(DATA_SETS),
            expectation="Open: little or no effect until the network under-fits, and then because it hardly moves.",
            explanation=(
                "What Keras prints as the loss contains the L2 penalty, and a penalty that falls as the weights shrink "
                "bends that curve by itself. So the loss of the data is compared, and the printed one beside it."
            ),
        ),
        Claim(
            id="C17",
            statement="Strong regularisation keeps the network from learning.",
            lines=(14, 14),
            primary=hindered("train_data_loss"),
            secondary={
                "test loss": hindered("test_data_loss"),
                "training accuracy": less_accurate("train_accuracy"),
                "test accuracy": less_accurate("test_accuracy"),
                "strong decoupled weight decay": hindered("train_data_loss", "decay-10"),
                "a mild penalty of 0.001": hindered("train_data_loss", "l2-0.001"),
            },
            data_sets=tuple(DATA_SETS),
            expectation="Supported at 0.1 for the training loss; the test loss may gain from milder strengths.",
        ),
    ),
    figures=(
        Figure(
            id="fig-regularisation-roughness",
            kind="doses",
            title="Roughness of the training loss at each strength, the penalty left out",
            question="At which strength does regularisation calm the loss?",
            options={"x": "strength", "lines": LINES, "metric": DATA_ROUGHNESS.id},
        ),
        Figure(
            id="fig-regularisation-end",
            kind="doses",
            title="Test loss after 60 epochs at each strength, the penalty left out",
            question="What does regularisation cost, or save?",
            options={"x": "strength", "lines": LINES, "metric": end("test_data_loss").id},
        ),
        Figure(
            id="fig-regularisation-plotted",
            kind="doses",
            title="Roughness of the training loss with and without its L2 penalty",
            question="Does the plotted loss, which contains the penalty, tell the same as the loss of the data?",
            options={
                "x": "strength of the L2 penalty",
                "lines": {"with the penalty": L2_DOSES, "without it": L2_DOSES},
                "metric": {"with the penalty": PLOTTED_ROUGHNESS.id, "without it": DATA_ROUGHNESS.id},
            },
        ),
        Figure(
            id="fig-regularisation-dampened",
            kind="comparison",
            title="How much rougher is the loss without an L2 penalty than with one of 0.1?",
            question="By what factor does a strong penalty change the roughness?",
            options={"claim": "C16"},
        ),
        Figure(
            id="fig-regularisation-hindered",
            kind="comparison",
            title="How much higher does the training loss end with an L2 penalty of 0.1?",
            question="What does a strong penalty cost?",
            options={"claim": "C17"},
        ),
    ),
)
