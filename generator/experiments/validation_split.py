"""The article's `validation_split=0.2` holds out the last fifth: what if the examples come sorted?"""

from typing import Any

from generator.experiments._data_sets import BREAST_CANCER_WITH_TEST, DATA_SETS_WITH_TEST
from generator.spec import Claim, Comparison, Condition, Curve, Experiment, Figure, Measurement, Metric, Side, call

EPOCHS = 20

SHUFFLED = Condition(
    model=call("generator.training.models:dense_network"),
    optimizer=call("keras.optimizers:Adam", learning_rate=0.001),
    data=BREAST_CANCER_WITH_TEST.data,
    batch_size=32,
    epochs=EPOCHS,
    validation_share=0.2,
)


def sorted_against_shuffled(curve: str, unit: str, **options: Any) -> Comparison:
    """Claimed: it makes no difference to this curve's end whether the examples come sorted by class."""
    metric = Metric(statistic="last", curve=curve, window=(1, EPOCHS), **options)
    return Comparison(
        larger=Side(condition="sorted", metric=metric),
        smaller=Side(condition="shuffled", metric=metric),
        scale="difference",
        margin=0.01,
        unit=unit,
        equal=True,
    )


EXPERIMENT = Experiment(
    id="validation-split",
    title="Validation split: the last fifth",
    question="Does it matter in which order the examples come to Keras' validation_split?",
    lines=(121, 121),
    chapter="Reading the curves",
    tags=("validation-far-off", "validation-loss", "accuracy", "validation-set", "shuffle", "validation-jumps"),
    data_sets={"breast-cancer": BREAST_CANCER_WITH_TEST, "digits": DATA_SETS_WITH_TEST["digits"]},
    conditions={
        "shuffled": SHUFFLED,
        "sorted": Measurement(function=call("generator.running.reading:trained_on_sorted"), condition=SHUFFLED),
    },
    labels={"shuffled": "shuffled", "sorted": "sorted by class"},
    curves=(
        Curve(name="val_accuracy", label="validation accuracy"),
        Curve(name="val_data_loss", label="validation loss"),
        Curve(name="test_data_loss", label="test loss"),
        Curve(name="test_accuracy", label="test accuracy"),
    ),
    measures=(
        Metric(statistic="last", curve="val_accuracy", window=(1, EPOCHS)),
        Metric(statistic="last", curve="test_accuracy", window=(1, EPOCHS)),
    ),
    claims=(
        Claim(
            id="C27",
            statement="What validation_split=0.2 holds out stands for new examples, in whatever order the data come.",
            lines=(121, 121),
            primary=sorted_against_shuffled("val_data_loss", "loss", minus="test_data_loss"),
            secondary={
                "distance of validation accuracy from test accuracy": sorted_against_shuffled(
                    "val_accuracy", "share correct", minus="test_accuracy"
                ),
                "loss on new examples: what the training lacks": sorted_against_shuffled("test_data_loss", "loss"),
            },
            data_sets=("breast-cancer", "digits"),
            expectation="Refuted: Keras takes the last fifth before it shuffles, and sorted, that is another class.",
            explanation=(
                "The article does not say it; its third example relies on it. Its random data come in random order, so "
                "that the last fifth is as good as any. The claim is that the order makes no difference."
            ),
        ),
    ),
    figures=(
        Figure(
            id="fig-validation-split-ensemble",
            kind="ensemble",
            title="Validation accuracy with shuffled and with sorted examples",
            question="What does the validation curve of the same network show when the examples come sorted by class?",
            options={"conditions": ("shuffled", "sorted"), "curve": "val_accuracy"},
        ),
        Figure(
            id="fig-validation-split-comparison",
            kind="comparison",
            title="How far is validation loss from test loss?",
            question="How much farther from the loss on new examples is validation loss when the examples come sorted?",
            options={"claim": "C27"},
        ),
    ),
)
