"""How far does validation accuracy jump because the validation set is small? A description, without a verdict."""

import dataclasses

from generator.experiments import learning_rate
from generator.experiments._data_sets import DATA_SETS_WITH_TEST
from generator.spec import Curve, Experiment, Figure, Measurement, Metric, call

EPOCHS = 50
WINDOW = (17, EPOCHS)

SIZES = (25, 50, 100, 200, 400)

MOVES = Metric(statistic="second_difference_sd", curve="val_accuracy", window=WINDOW)
CHANCE = Metric(statistic="level", curve="chance_sd", window=WINDOW)
OFF = Metric(statistic="last", curve="val_accuracy", window=(1, EPOCHS), minus="test_accuracy")

#: The planted teacher with as many test examples as digits has, and two thousand more.
TEACHER = dataclasses.replace(
    DATA_SETS_WITH_TEST["planted-teacher"],
    data=call("generator.training.datasets:planted_teacher", test=2797),
)


def validated_on(size: int) -> Measurement:
    """The same runs, watched on so many examples."""
    return Measurement(
        function=call("generator.running.validation_measurements:validated_on", size=size, largest=SIZES[-1]),
        condition=learning_rate.LOW,
    )


EXPERIMENT = Experiment(
    id="validation-size",
    title="How many validation examples?",
    question="How far does validation accuracy jump because the validation set is small?",
    lines=(121, 121),
    chapter="Reading the curves",
    tags=("validation-jumps", "validation-set", "larger-validation", "accuracy"),
    data_sets={"planted-teacher": TEACHER, "digits": DATA_SETS_WITH_TEST["digits"]},
    conditions={f"n-{size}": validated_on(size) for size in SIZES},
    labels={f"n-{size}": f"{size} examples" for size in SIZES},
    curves=(Curve(name="val_accuracy", label="validation accuracy"),),
    measures=(MOVES, CHANCE, OFF),
    claims=(),
    figures=(
        Figure(
            id="fig-validation-size-run",
            kind="runs",
            title="One run, watched on 25 and on 200 examples",
            question="Does the validation accuracy of the same run jump less when it is measured on more examples?",
            data_set="planted-teacher",
            options={"conditions": ("n-25", "n-200"), "curve": "val_accuracy"},
        ),
        Figure(
            id="fig-validation-size-doses",
            kind="doses",
            title="How far accuracy moves, by the size of the validation set",
            question="How does the movement of validation accuracy fall with the number of examples?",
            options={
                "x": "validation examples",
                "lines": {
                    "same examples": {f"n-{size}": size for size in SIZES},
                    "new examples": {f"n-{size}": size for size in SIZES},
                },
                "metric": {"same examples": MOVES.id, "new examples": CHANCE.id},
            },
        ),
    ),
)
