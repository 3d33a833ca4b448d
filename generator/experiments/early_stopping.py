"""Example 3 of the article: an L2 penalty of 0.01 and early stopping with a patience of 3."""

import dataclasses
from typing import Any

from generator.experiments._data_sets import DATA_SETS_WITH_TEST
from generator.spec import Claim, Comparison, Condition, Curve, Experiment, Figure, Metric, Side, Stopping, call

EPOCHS = 60
ARTICLE_EPOCHS = 20
WINDOW = (20, EPOCHS)

PENALISED = Condition(
    model=call("generator.training.models:dense_network", l2=0.01),
    optimizer=call("keras.optimizers:Adam", learning_rate=0.001),
    data=DATA_SETS_WITH_TEST["random-labels"].data,
    batch_size=32,
    epochs=EPOCHS,
    validation_share=0.2,
)

STOPPED = Stopping()
RESTORED = Stopping(restored=True)

#: How many epochs the article's early stopping leaves of its 20.
TRAINED = Metric(statistic="points", curve="val_loss", window=(1, ARTICLE_EPOCHS), stopping=STOPPED)


def side(condition: str, statistic: str, curve: str, window: tuple[int, int], **options: Any) -> Side:
    """One side of a comparison of regularisation."""
    return Side(condition=condition, metric=Metric(statistic=statistic, curve=curve, window=window, **options))


def rougher_without_l2(curve: str, *, log: bool = False) -> Comparison:
    """Claimed: the curve is rougher without the penalty."""
    return Comparison(
        larger=side("plain", "second_difference_sd", curve, WINDOW, log=log),
        smaller=side("penalised", "second_difference_sd", curve, WINDOW, log=log),
    )


def gain_from_stopping(epochs: int, rule: Stopping) -> Comparison:
    """Claimed: unstopped, the test loss ends higher than at the restored epoch."""
    return Comparison(
        larger=side("penalised", "last", "test_data_loss", (1, epochs)),
        smaller=side("penalised", "last", "test_data_loss", (1, epochs), stopping=rule),
        scale="difference",
        margin=0.01,
        unit="loss",
    )


def closer_to_test(epoch: int) -> Comparison:
    """Claimed: training loss misses the test loss by more than validation loss does."""
    return Comparison(
        larger=side("penalised", "last", "train_data_loss", (1, epoch), minus="test_data_loss"),
        smaller=side("penalised", "last", "val_data_loss", (1, epoch), minus="test_data_loss"),
        scale="difference",
        margin=0.01,
        unit="loss",
    )


EXPERIMENT = Experiment(
    id="early-stopping",
    title="L2 regularisation and early stopping",
    question="Do an L2 penalty and early stopping smooth the curves?",
    lines=(98, 132),
    tags=("not-calmed", "validation-jumps", "validation-loss", "validation-set", "penalty", "larger-validation"),
    data_sets=DATA_SETS_WITH_TEST,
    conditions={
        "plain": dataclasses.replace(PENALISED, model=PENALISED.model.with_parameters(l2=0.0)),
        "penalised": PENALISED,
    },
    labels={"plain": "no penalty", "penalised": "L2 penalty of 0.01"},
    curves=(
        Curve(name="loss", label="training loss"),
        Curve(name="data_loss", label="training loss without the penalty"),
        Curve(name="val_loss", label="validation loss"),
        Curve(name="accuracy", label="training accuracy"),
        Curve(name="val_accuracy", label="validation accuracy"),
    ),
    measures=(TRAINED,),
    claims=(
        Claim(
            id="C23",
            statement="The L2 penalty keeps the weights small.",
            lines=(132, 132),
            primary=Comparison(
                larger=side("plain", "last", "kernel_norm", (1, ARTICLE_EPOCHS)),
                smaller=side("penalised", "last", "kernel_norm", (1, ARTICLE_EPOCHS)),
            ),
            data_sets=tuple(DATA_SETS_WITH_TEST),
            expectation="Supported: a positive control.",
        ),
        Claim(
            id="C24",
            statement="Early stopping prevents overfitting.",
            lines=(132, 132),
            primary=gain_from_stopping(EPOCHS, RESTORED),
            secondary={
                "within the article's 20 epochs": gain_from_stopping(ARTICLE_EPOCHS, RESTORED),
                "watching the data loss": gain_from_stopping(
                    EPOCHS, dataclasses.replace(RESTORED, monitor="val_data_loss")
                ),
            },
            data_sets=tuple(DATA_SETS_WITH_TEST),
            expectation="Open: random labels leave nothing to fit; the penalised network hardly overfits in 60 epochs.",
        ),
        Claim(
            id="C25a",
            statement="An L2 penalty makes the training curve smoother.",
            lines=(132, 132),
            primary=rougher_without_l2("data_loss"),
            secondary={
                "relative to the loss": rougher_without_l2("data_loss", log=True),
                "as plotted, with the penalty": rougher_without_l2("loss"),
                "validation loss": rougher_without_l2("val_data_loss"),
            },
            data_sets=tuple(DATA_SETS_WITH_TEST),
            expectation="Open: small or no effect until the network under-fits.",
        ),
        Claim(
            id="C25b",
            statement="Early stopping makes the training curve smoother.",
            lines=(132, 132),
            primary=Comparison(
                larger=side("penalised", "second_difference_sd", "loss", (1, ARTICLE_EPOCHS), stopping=STOPPED),
                smaller=side("penalised", "second_difference_sd", "loss", (1, ARTICLE_EPOCHS), stopping=STOPPED),
            ),
            secondary={
                "naive: all 20 epochs against the stopped curve": Comparison(
                    larger=side("penalised", "second_difference_sd", "loss", (1, ARTICLE_EPOCHS)),
                    smaller=side("penalised", "second_difference_sd", "loss", (1, ARTICLE_EPOCHS), stopping=STOPPED),
                ),
            },
            data_sets=tuple(DATA_SETS_WITH_TEST),
            expectation="Refuted by construction: the stopped curve is the beginning of the unstopped one, bit by bit.",
            explanation=(
                "Stopping ends a run and changes nothing before its end, so over the epochs that both runs have, both "
                "sides of the primary comparison are the same numbers. The naive comparison differs only by its window."
            ),
        ),
        Claim(
            id="C26",
            statement="Validation loss says more about new data than training loss does.",
            lines=(132, 132),
            primary=closer_to_test(ARTICLE_EPOCHS),
            secondary={"after 60 epochs": closer_to_test(EPOCHS)},
            data_sets=tuple(DATA_SETS_WITH_TEST),
            expectation="Open: 200 validation examples are noisy; the training loss is biased once it overfits.",
        ),
    ),
    figures=(
        Figure(
            id="fig-early-stopping-ensemble",
            kind="ensemble",
            title="Training loss with and without an L2 penalty, the penalty left out",
            question="How do 64 runs differ with and without the penalty?",
            options={"conditions": ("plain", "penalised"), "curve": "data_loss"},
        ),
        Figure(
            id="fig-early-stopping-article",
            kind="article",
            title="The article's third example, and 64 runs of it",
            question="What does a reader who runs the third example see, and where does early stopping end it?",
            data_set="random-labels",
            options={
                "conditions": ("penalised",),
                "curves": ("loss", "val_loss", "accuracy", "val_accuracy"),
                "epochs": ARTICLE_EPOCHS,
                "stopping": TRAINED.id,
            },
        ),
        Figure(
            id="fig-early-stopping-comparison",
            kind="comparison",
            title="How much rougher is the loss without an L2 penalty?",
            question="By what factor does the penalty change the roughness?",
            options={"claim": "C25a"},
        ),
        Figure(
            id="fig-early-stopping-gain",
            kind="comparison",
            title="What does early stopping save?",
            question="How much higher would the test loss be had training gone on?",
            options={"claim": "C24"},
        ),
    ),
)
