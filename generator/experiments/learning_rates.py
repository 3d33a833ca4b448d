"""Learning rates from far too low to far too high, for gradient descent, SGD and Adam."""

import dataclasses
from typing import Any

from generator.experiments import learning_rate
from generator.experiments._data_sets import DATA_SETS
from generator.spec import Claim, Comparison, Condition, Curve, Experiment, Figure, Measurement, Metric, Side, call

#: The network, epochs and window of the article's first example, two rates of which are trained once for both.
#: 34 epochs are fewer than a roughness likes best; 64 pairs make up for it, and 22 conditions are affordable.
BASE = learning_rate.LOW
EPOCHS, WINDOW = learning_rate.EPOCHS, learning_rate.WINDOW
STEPS_PER_EPOCH = 32
STEP_WINDOW = (16 * STEPS_PER_EPOCH + 1, EPOCHS * STEPS_PER_EPOCH)

#: With frozen weights every epoch is alike, so a few are enough.
FROZEN_EPOCHS = 20
FROZEN_WINDOW = (7, FROZEN_EPOCHS)
FROZEN_STEPS = (6 * STEPS_PER_EPOCH + 1, FROZEN_EPOCHS * STEPS_PER_EPOCH)

#: The most at which gradient descent is stable, 2 over the largest curvature, is about 1 for these networks at their
#: initial weights. 0.1 is an ordinary rate for SGD, and 0.001, Keras' default, for Adam.
SGD_RATES = ("0.001", "0.01", "0.1", "0.3", "1", "3", "10")
ADAM_RATES = ("0.00001", "0.0001", "0.001", "0.01", "0.03", "0.1", "1")

WHOLE, SGD, ADAM = "all data at once", "SGD, batch 32", "Adam, batch 32"

#: Doses by role.
WHOLE_DOSES = {f"whole-{rate}": float(rate) for rate in SGD_RATES}
SGD_DOSES = {f"sgd-{rate}": float(rate) for rate in SGD_RATES}
ADAM_DOSES = {f"adam-{rate}": float(rate) for rate in ADAM_RATES}
LINES = {WHOLE: WHOLE_DOSES, SGD: SGD_DOSES, ADAM: ADAM_DOSES}


def at(optimizer: str, rate: float, **changed: Any) -> Condition:
    """The article's network, trained by an optimiser at a learning rate."""
    return dataclasses.replace(BASE, optimizer=call(f"keras.optimizers:{optimizer}", learning_rate=rate), **changed)


CONDITIONS: dict[str, Condition | Measurement] = {
    **{role: at("SGD", rate, batch_size=1000) for role, rate in WHOLE_DOSES.items()},
    **{role: at("SGD", rate) for role, rate in SGD_DOSES.items()},
    **{role: at("Adam", rate) for role, rate in ADAM_DOSES.items()},
    "frozen": at("Adam", 0.0, epochs=FROZEN_EPOCHS),
    "limit": Measurement(function=call("generator.running.stability:stable_rate"), condition=BASE),
}
LABELS = {
    **{role: f"gradient descent at {role.removeprefix('whole-')}" for role in WHOLE_DOSES},
    **{role: f"SGD at {role.removeprefix('sgd-')}" for role in SGD_DOSES},
    **{role: f"Adam at {role.removeprefix('adam-')}" for role in ADAM_DOSES},
    "frozen": "weights frozen",
    "limit": "initial weights",
}


def roughness(curve: str, *, log: bool = False) -> Metric:
    """How rough a curve is over the last two thirds of the run."""
    window = STEP_WINDOW if curve.startswith("step_") else WINDOW
    return Metric(statistic="second_difference_sd", curve=curve, window=window, log=log)


def turning(curve: str, window: tuple[int, int] = WINDOW) -> Metric:
    """How often a curve turns, however little."""
    return Metric(statistic="turning_point_rate", curve=curve, window=window)


def above(larger: str, smaller: str, metric: Metric) -> Comparison:
    """Claimed: the metric is larger in one condition than in the other."""
    return Comparison(larger=Side(condition=larger, metric=metric), smaller=Side(condition=smaller, metric=metric))


def still_turns(role: str, curve: str) -> Comparison:
    """Claimed: the curve turns more often than that of a network that does not learn at all."""
    return Comparison(
        larger=Side(condition=role, metric=turning(curve)),
        smaller=Side(condition="frozen", metric=turning(curve, FROZEN_WINDOW)),
        scale="difference",
        margin=0.1,
        unit="share of epochs",
    )


END = Metric(statistic="last", curve="train_loss", window=(1, EPOCHS))
STABLE_RATE = Metric(statistic="last", curve="stable_rate", window=(1, 1))
STEP_ROUGHNESS = roughness("step_loss")
LOW, ORDINARY, HIGH = "sgd-0.001", "sgd-0.1", "sgd-10"

#: What figures compare the rates with.
LIMIT = {"name": "2 / curvature", "condition": "limit", "metric": STABLE_RATE.id}

#: What figures show of every rate.
DRAWN = (roughness("loss"), turning("train_loss"), END)

#: Claimed of a far too low rate: the steps' losses vary as those of frozen weights do, because batches differ.
AS_ROUGH_AS_FROZEN = Comparison(
    larger=Side(condition=LOW, metric=STEP_ROUGHNESS),
    smaller=Side(condition="frozen", metric=dataclasses.replace(STEP_ROUGHNESS, window=FROZEN_STEPS)),
    equal=True,
)

EXPERIMENT = Experiment(
    id="learning-rates",
    title="Learning rates from far too low to far too high",
    question="What does a learning rate that is too high or too low do to the curves?",
    lines=(14, 14),
    chapter="Settings that change them",
    tags=("learning-rate", "lower-rate", "averages-jump", "slow", "exact-loss"),
    data_sets={name: DATA_SETS[name] for name in ("planted-teacher", "digits")},
    conditions=CONDITIONS,
    labels=LABELS,
    curves=(Curve(name="loss", label="training loss"), Curve(name="train_loss", label="exact training loss")),
    measures=(
        *(Side(condition=role, metric=metric) for doses in LINES.values() for role in doses for metric in DRAWN),
        Side(condition="limit", metric=STABLE_RATE),
    ),
    claims=(
        Claim(
            id="C14",
            statement="A learning rate that is too high makes the curves swing wildly and keeps them from converging.",
            lines=(14, 14),
            primary=above(HIGH, ORDINARY, roughness("loss")),
            secondary={
                "relative to the loss": above(HIGH, ORDINARY, roughness("loss", log=True)),
                "exact loss": above(HIGH, ORDINARY, roughness("train_loss")),
                "gradient descent on all data": above("whole-10", "whole-0.1", roughness("loss")),
                "Adam": above("adam-1", "adam-0.001", roughness("loss")),
            },
            mechanism=above(HIGH, ORDINARY, END),
            mechanism_statement=(
                "Swings that keep a run from converging leave it at a higher loss: after the last epoch the exact "
                "training loss is compared too. Runs that left the finite numbers count as the worst."
            ),
            data_sets=("planted-teacher", "digits"),
            expectation="Supported: 10 is several times what gradient descent can be stable at.",
        ),
        Claim(
            id="C15",
            statement="A learning rate that is too low converges slowly, and its curves still fluctuate, only less.",
            lines=(14, 14),
            primary=still_turns(LOW, "train_loss"),
            secondary={
                "the loss as Keras prints it": still_turns(LOW, "loss"),
                "exact training accuracy": still_turns(LOW, "train_accuracy"),
                "Adam": still_turns("adam-0.00001", "train_loss"),
                "smaller than at an ordinary rate": above(ORDINARY, LOW, roughness("train_loss")),
                "smaller, relative to the loss": above(ORDINARY, LOW, roughness("train_loss", log=True)),
                "each step's loss, as rough as with frozen weights": AS_ROUGH_AS_FROZEN,
                "each step's loss, rougher than the exact one": Comparison(
                    larger=Side(condition=LOW, metric=STEP_ROUGHNESS),
                    smaller=Side(condition=LOW, metric=roughness("train_loss")),
                ),
                "slow convergence": above(LOW, ORDINARY, END),
            },
            data_sets=("planted-teacher", "digits"),
            expectation=(
                "Refuted for the exact loss, whose jumps shrink in proportion to the rate until it only falls; "
                "supported for the loss of each step, whose noise is that of the batches and no rate removes; "
                "slow convergence supported."
            ),
            explanation=(
                "Fluctuations that get smaller with the rate but persist would still turn the curve up and down. So "
                "the primary comparison counts how often the exact loss turns at a rate of 0.001, against weights "
                "that do not move at all: their exact loss cannot turn, the loss of each step still does."
            ),
        ),
    ),
    figures=(
        Figure(
            id="fig-learning-rates-roughness",
            kind="doses",
            title="Roughness of the training loss at each learning rate",
            question="From which learning rate on does the loss swing?",
            options={
                "x": "learning rate",
                "lines": LINES,
                "reference": LIMIT,
                "metric": roughness("loss").id,
            },
        ),
        Figure(
            id="fig-learning-rates-end",
            kind="doses",
            title=f"Exact training loss after {EPOCHS} epochs at each learning rate",
            question="Which learning rates converge?",
            options={
                "x": "learning rate",
                "lines": LINES,
                "reference": LIMIT,
                "metric": END.id,
            },
        ),
        Figure(
            id="fig-learning-rates-turns",
            kind="doses",
            title="How often the exact training loss turns at each learning rate",
            question="Do fluctuations persist at low learning rates?",
            options={
                "x": "learning rate",
                "lines": LINES,
                "reference": LIMIT,
                "metric": turning("train_loss").id,
            },
        ),
        Figure(
            id="fig-learning-rates-too-high",
            kind="comparison",
            title="How much rougher is the loss at 10 than at 0.1?",
            question="By what factor does a far too high learning rate change the roughness?",
            options={"claim": "C14"},
        ),
        Figure(
            id="fig-learning-rates-too-low",
            kind="comparison",
            title="Does the exact loss still turn at a rate of 0.001?",
            question="How much more often does the exact loss turn at 0.001 than with frozen weights?",
            options={"claim": "C15"},
        ),
    ),
)
