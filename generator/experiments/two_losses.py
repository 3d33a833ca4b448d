"""Training and validation loss in one plot, as the article draws them: half an epoch apart."""

from typing import Any

from generator.experiments._data_sets import DATA_SETS_WITH_TEST
from generator.spec import Claim, Comparison, Condition, Curve, Experiment, Figure, Measurement, Metric, Side, call

#: The article's 20 epochs.
WINDOW = (1, 20)

TRAINED = Measurement(
    function=call("generator.running.reading:losses_in_step"),
    condition=Condition(
        model=call("generator.training.models:dense_network", l2=0.0),
        optimizer=call("keras.optimizers:Adam", learning_rate=0.001),
        data=DATA_SETS_WITH_TEST["random-labels"].data,
        batch_size=32,
        epochs=WINDOW[1] + 1,
        validation_share=0.2,
    ),
)


def level(curve: str, window: tuple[int, int] = WINDOW, minus: str | None = None) -> Side:
    """The mean of a curve over a window, or of its distance from another."""
    metric = Metric(statistic="level", curve=curve, window=window, minus=minus)
    return Side(condition="trained", metric=metric)


def as_good_as_exact(curve: str, window: tuple[int, int] = WINDOW, **scale: Any) -> Comparison:
    """Claimed: the curve lies where the exact training loss does, and so as far from the validation loss."""
    how = scale or {"scale": "difference", "margin": 0.01, "unit": "loss"}
    return Comparison(larger=level(curve, window), smaller=level("train_loss", window), equal=True, **how)


EXPERIMENT = Experiment(
    id="two-losses",
    title="Training and validation loss: half an epoch apart",
    question="Can the training loss that Keras prints be compared with the validation loss of the same epoch?",
    lines=(124, 125),
    chapter="Reading the curves",
    tags=("validation-below", "timing", "epoch-mean", "validation-loss"),
    data_sets=DATA_SETS_WITH_TEST,
    conditions={"trained": TRAINED},
    labels={"trained": "the article's third network, without penalty"},
    curves=(
        Curve(name="loss", label="training loss as printed"),
        Curve(name="train_loss", label="exact training loss"),
        Curve(name="val_loss", label="validation loss"),
        Curve(name="shifted_loss", label="printed loss, half an epoch earlier"),
    ),
    claims=(
        Claim(
            id="C28",
            statement="Printed training loss and validation loss of one epoch can be compared.",
            lines=(124, 125),
            primary=as_good_as_exact("loss"),
            secondary={
                "drawn half an epoch earlier": as_good_as_exact("shifted_loss"),
                "within the first five epochs": as_good_as_exact("loss", (1, 5)),
                "relative to the loss": as_good_as_exact("loss", scale="log-ratio"),
                "distance from the validation loss": Comparison(
                    larger=level("loss", minus="val_loss"),
                    smaller=level("train_loss", minus="val_loss"),
                    scale="difference",
                    margin=0.01,
                    unit="loss",
                    equal=True,
                ),
            },
            mechanism=Comparison(
                larger=level("loss", (2, WINDOW[1]), minus="train_loss"),
                smaller=level("loss", (2, WINDOW[1]), minus="expected_loss"),
            ),
            mechanism_statement=(
                "Keras averages while the weights move, so what it prints is the loss of half an epoch ago. If so, a "
                "loss that falls at the rate k an epoch is printed (exp(k) − 1) / k times as high as it is at the "
                "epoch's end, and that law leaves less unexplained than the exact loss does."
            ),
            data_sets=tuple(DATA_SETS_WITH_TEST),
            expectation=(
                "Refuted where the loss falls fast, no material effect on random labels, where it hardly falls; drawn "
                "half an epoch earlier, the printed loss meets the exact one."
            ),
            explanation=(
                "The article does not say it; its third example draws both in one plot. Both curves have their gap to "
                "the validation loss, so the difference of the gaps is that of printed and exact training loss."
            ),
        ),
    ),
    figures=(
        Figure(
            id="fig-two-losses-comparison",
            kind="comparison",
            title="How much too high is the printed training loss?",
            question="By how much does the printed training loss exceed the exact one at the end of the epoch?",
            options={"claim": "C28"},
        ),
        Figure(
            id="fig-two-losses-shifted",
            kind="comparison",
            title="The printed loss drawn half an epoch earlier",
            question="What is left of the difference once the printed loss is drawn where it belongs?",
            options={"claim": "C28", "comparison": "drawn half an epoch earlier"},
        ),
    ),
)
