"""Is it the noise of minibatches that makes curves fluctuate? Take it away, put it back, and vary the other sources."""

import dataclasses
from typing import Any

from generator.experiments._data_sets import DATA_SETS
from generator.spec import Claim, Comparison, Condition, Curve, Experiment, Figure, Metric, Side, call

#: As in the experiments of the article's examples. With whole batches an epoch of four updates costs four passes, which
#: is why the window has 34 epochs and not more.
EPOCHS = 50
WINDOW = (17, EPOCHS)

#: The article's large batch: four updates an epoch, of 256, 256, 256 and 232 examples, so that every batch is noisy to
#: the same degree and whole batches with noise can match it.
BATCH, UPDATES, EXAMPLES = 256, 4, 1000

#: What size of batch, drawn without replacement, has the covariance that the four updates have on average when their
#: examples are drawn with replacement: 1/b - 1/N = (1 - 1/N) mean(1/B) for batches of B out of N (Cochran 1977, 2.9).
MATCHED = round(1 / (1 / EXAMPLES + (1 - 1 / EXAMPLES) * (3 / BATCH + 1 / (EXAMPLES - 3 * BATCH)) / UPDATES))

#: Descent on whole batches is stable below 2 over the largest curvature (Cohen et al. 2021, section 2). At the initial
#: weights that curvature is 1.2 to 2.8 on these data sets, and training may sharpen it: 0.25 leaves room up to 8.
STABLE_RATE = 0.25

#: Above 2 over the curvature of the initial weights everywhere, so that whole batches overshoot from the start.
EDGE_RATE = 2.0

MINI = Condition(
    model=call("generator.training.models:dense_network"),
    optimizer=call("keras.optimizers:SGD", learning_rate=STABLE_RATE),
    data=DATA_SETS["random-labels"].data,
    batch_size=BATCH,
    epochs=EPOCHS,
)
FULL = dataclasses.replace(MINI, batch_size=EXAMPLES, passes=UPDATES)

#: Whole batches to set beside minibatches of which only one source of chance differs. An epoch is one update here, a
#: quarter of the passes: where runs end is compared at equal updates, which minibatches reach in a quarter of the
#: epochs, and whether whole batches notice their order shows from one update on as well as from four.
SINGLE = dataclasses.replace(FULL, passes=1)
SHARED_UPDATES = EPOCHS // UPDATES * UPDATES


def end_after(epoch: int) -> Metric:
    """Where the exact loss is at the end of an epoch."""
    return Metric(statistic="last", curve="train_loss", window=(1, epoch))


#: Where runs stand after `SHARED_UPDATES`, by batch and by the one source of chance that differs.
ENDS = {
    "init-only": end_after(SHARED_UPDATES // UPDATES),
    "order-only": end_after(SHARED_UPDATES // UPDATES),
    "whole-init-only": end_after(SHARED_UPDATES),
    "whole-order-only": end_after(SHARED_UPDATES),
}


def side(condition: str, statistic: str, curve: str, *, log: bool = False) -> Side:
    """One side of a comparison over the window."""
    return Side(condition=condition, metric=Metric(statistic=statistic, curve=curve, window=WINDOW, log=log))


def rougher(larger: str, smaller: str, curve: str, *, log: bool = False, **how: Any) -> Comparison:
    """Claimed: the curve is rougher in one condition than in the other."""
    return Comparison(
        larger=side(larger, "second_difference_sd", curve, log=log),
        smaller=side(smaller, "second_difference_sd", curve, log=log),
        **how,
    )


def more(larger: str, smaller: str, statistic: str, curve: str, margin: float, unit: str) -> Comparison:
    """Claimed: a statistic that is 0 of a monotone curve, so that no ratio can tell it, is larger in one condition."""
    return Comparison(
        larger=side(larger, statistic, curve),
        smaller=side(smaller, statistic, curve),
        scale="difference",
        margin=margin,
        unit=unit,
    )


EXPERIMENT = Experiment(
    id="noise-as-cause",
    title="Minibatch noise as the cause",
    question="Is it the noise of minibatches that makes the curves fluctuate?",
    chapter="Where fluctuations come from",
    tags=("minibatch-noise", "averages-jump", "exact-loss", "initial-weights", "larger-batch", "lower-rate"),
    lines=(6, 10),
    data_sets=DATA_SETS,
    conditions={
        "mini": MINI,
        "full": FULL,
        "noisy": dataclasses.replace(FULL, noise_of_batch=MATCHED),
        "edge": dataclasses.replace(SINGLE, optimizer=call("keras.optimizers:SGD", learning_rate=EDGE_RATE)),
        "init-only": dataclasses.replace(MINI, shared=("data", "order")),
        "order-only": dataclasses.replace(MINI, shared=("data", "init")),
        "whole-init-only": dataclasses.replace(SINGLE, shared=("data", "order")),
        "whole-order-only": dataclasses.replace(SINGLE, shared=("data", "init")),
        "same-init": dataclasses.replace(MINI, shared=("init",)),
        "independent": dataclasses.replace(MINI, order="replacement"),
    },
    labels={
        "mini": "minibatches",
        "full": "whole batches",
        "noisy": "whole batches, noise added",
        "edge": "whole batches, rate too high",
        "init-only": "only initial weights differ",
        "order-only": "only the order differs",
        "whole-init-only": "whole batches, only initial weights differ",
        "whole-order-only": "whole batches, only the order differs",
        "same-init": "minibatches, same initial weights",
        "independent": "minibatches drawn independently",
    },
    curves=(
        Curve(name="loss", label="training loss"),
        Curve(name="train_loss", label="exact training loss"),
        Curve(name="train_accuracy", label="exact training accuracy"),
    ),
    measures=(
        Metric(statistic="third_difference_sd", curve="train_loss", window=WINDOW),
        Metric(statistic="upward_variation", curve="train_loss", window=WINDOW),
        Metric(statistic="turning_point_rate", curve="train_loss", window=WINDOW),
        *(Side(condition=role, metric=metric) for role, metric in ENDS.items()),
        *(side(role, "second_difference_sd", "loss") for role in ENDS),
    ),
    claims=(
        Claim(
            id="C03",
            statement="Fluctuating curves are a common consequence of the chance in training.",
            lines=(6, 6),
            primary=rougher("mini", "full", "loss"),
            secondary={
                "relative to the loss": rougher("mini", "full", "loss", log=True),
                "exact loss": rougher("mini", "full", "train_loss"),
                "turning points": more("mini", "full", "turning_point_rate", "loss", 0.1, "turns per epoch"),
                "rises": more("mini", "full", "upward_variation", "loss", 0.001, "loss"),
                "without any chance, at too high a rate": more(
                    "edge", "full", "upward_variation", "train_loss", 0.001, "loss"
                ),
            },
            data_sets=tuple(DATA_SETS),
            expectation=(
                "Supported at this learning rate: chance is enough. It is not necessary: whole batches at too high a "
                "rate have no chance in them and rise too."
            ),
            explanation=(
                "Both sides make the same number of updates at the same learning rate, low enough for whole batches to "
                "descend steadily. What is left of roughness there is the bend of the descent, so the ratio is a lower "
                "bound."
            ),
        ),
        Claim(
            id="C04",
            statement="Fluctuations come from minibatches together with random order and random initial weights.",
            lines=(6, 6),
            primary=rougher("mini", "same-init", "loss"),
            secondary={
                "relative to the loss": rougher("mini", "same-init", "loss", log=True),
                "minibatches instead of whole batches": rougher("mini", "full", "loss"),
            },
            data_sets=tuple(DATA_SETS),
            expectation=(
                "Refuted for the initial weights: they set where a run starts, and how runs differ, but not how rough "
                "a run is. Supported for minibatches."
            ),
            explanation=(
                "Three sources are named. The verdict is on the one that no other claim decides, the initial weights: "
                "is a run rougher where they are drawn by chance than where they are given? Minibatches are among the "
                "further comparisons, and the order of the examples has claims of its own (C08, C09)."
            ),
        ),
        Claim(
            id="C07",
            statement="A minibatch's gradient is inexact; that noise in the updates makes loss and accuracy fluctuate.",
            lines=(10, 10),
            primary=rougher("noisy", "full", "train_loss"),
            mechanism=rougher("noisy", "independent", "train_loss", equal=True),
            mechanism_statement=(
                "If noise in the updates is all there is to it, whole batches to whose gradients Gaussian noise of the "
                "same covariance is added must be as rough as minibatches drawn independently of each other."
            ),
            secondary={
                "relative to the loss": rougher("noisy", "full", "train_loss", log=True),
                "accuracy": more("noisy", "full", "second_difference_sd", "train_accuracy", 0.001, "share correct"),
                "as rough as minibatches that are reshuffled": rougher("noisy", "mini", "train_loss", equal=True),
            },
            data_sets=tuple(DATA_SETS),
            expectation=(
                "Supported, and as rough as independent minibatches. Rougher than reshuffled ones, whose noise partly "
                "cancels within an epoch."
            ),
            explanation=(
                "The noise is put into whole batches on its own, so nothing else distinguishes the two sides. What is "
                "left of roughness in whole batches is the bend of the descent: the ratio is a lower bound."
            ),
        ),
    ),
    figures=(
        Figure(
            id="fig-noise-as-cause-runs",
            kind="runs",
            title="Without noise, with minibatches, and with their noise put into whole batches",
            question="What remains of the fluctuation when the noise is taken away, and does it come back with it?",
            data_set="random-labels",
            options={"conditions": ("noisy", "mini", "full"), "curve": "train_loss"},
        ),
        Figure(
            id="fig-noise-as-cause-edge",
            kind="ensemble",
            title="Exact loss of whole batches at too high a learning rate",
            question="Can a curve fluctuate without any chance?",
            options={"conditions": ("edge",), "curve": "train_loss"},
        ),
        Figure(
            id="fig-noise-as-cause-spread",
            kind="ensemble",
            title="Exact loss where only the initial weights differ, and where only the order does",
            question="What does each source of chance do to 64 runs?",
            options={"conditions": ("init-only", "order-only"), "curve": "train_loss"},
        ),
        Figure(
            id="fig-noise-as-cause-whole",
            kind="ensemble",
            title="Exact loss of whole batches where only the initial weights differ, and where only the order does",
            question="What is left of each source of chance when no batch is drawn?",
            options={"conditions": ("whole-init-only", "whole-order-only"), "curve": "train_loss"},
        ),
        Figure(
            id="fig-noise-as-cause-comparison",
            kind="comparison",
            title="How much rougher are minibatches than whole batches?",
            question="By what factor is the plotted loss rougher in minibatches?",
            options={"claim": "C03"},
        ),
        Figure(
            id="fig-noise-as-cause-init",
            kind="comparison",
            title="Are runs rougher when their initial weights are drawn by chance?",
            question="By what factor do random initial weights change the roughness of a run?",
            options={"claim": "C04"},
        ),
        Figure(
            id="fig-noise-as-cause-matched",
            kind="comparison",
            title="Whole batches with matched noise against minibatches",
            question="Is noise in the updates all that minibatches add?",
            options={"claim": "C07", "comparison": "mechanism"},
        ),
    ),
)
