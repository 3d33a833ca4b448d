"""The data sets that the experiments share."""

from generator.spec import DataSet, call

#: The article's own: uniform inputs and labels from a coin, so there is nothing to learn.
RANDOM_LABELS = DataSet(
    label="the article's random labels",
    data=call("generator.training.datasets:random_labels", test=0),
    has_signal=False,
)

#: The same inputs, labelled by a random logistic teacher.
PLANTED_TEACHER = DataSet(
    label="planted teacher",
    data=call("generator.training.datasets:planted_teacher", test=0),
)

#: Real data: scikit-learn's handwritten digits, ten classes.
DIGITS = DataSet(
    label="handwritten digits",
    data=call("generator.training.datasets:digits", test=0),
    loss="categorical_crossentropy",
    model_parameters={"features": 64, "hidden": 32, "classes": 10},
)

DATA_SETS = {"random-labels": RANDOM_LABELS, "planted-teacher": PLANTED_TEACHER, "digits": DIGITS}

#: The same with examples kept for testing.
DATA_SETS_WITH_TEST = {
    "random-labels": DataSet(
        label=RANDOM_LABELS.label,
        data=call("generator.training.datasets:random_labels", test=1000),
        has_signal=False,
    ),
    "planted-teacher": DataSet(
        label=PLANTED_TEACHER.label,
        data=call("generator.training.datasets:planted_teacher", test=1000),
    ),
    "digits": DataSet(
        label=DIGITS.label,
        data=call("generator.training.datasets:digits", test=797),
        loss=DIGITS.loss,
        model_parameters=DIGITS.model_parameters,
    ),
}

#: Real data of two classes: scikit-learn's breast tumours.
BREAST_CANCER = DataSet(
    label="breast tumours",
    data=call("generator.training.datasets:breast_cancer", train=455, test=0),
    model_parameters={"features": 30},
)

BREAST_CANCER_WITH_TEST = DataSet(
    label=BREAST_CANCER.label,
    data=call("generator.training.datasets:breast_cancer", train=455, test=114),
    model_parameters=BREAST_CANCER.model_parameters,
)
