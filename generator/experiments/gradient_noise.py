"""How good an approximation a batch's gradient is, measured at weights that stand still."""

from typing import Any

from generator.experiments._data_sets import DATA_SETS
from generator.spec import Claim, Comparison, Condition, Curve, Experiment, Figure, Measurement, Metric, Side, call

SIZES = (1, 8, 32, 128, 512)

#: The initial weights, those after the article's 10 epochs, and those after 50.
CHECKPOINTS = (0, 10, 50)
EVERYWHERE = (1, len(CHECKPOINTS))

MEASURED = Measurement(
    function=call(
        "generator.running.gradient_measurements:gradient_noise", sizes=SIZES, draws=64, checkpoints=CHECKPOINTS
    ),
    condition=Condition(
        model=call("generator.training.models:dense_network"),
        optimizer=call("keras.optimizers:Adam", learning_rate=0.001),
        data=DATA_SETS["random-labels"].data,
        batch_size=32,
        epochs=CHECKPOINTS[-1],
    ),
)


def side(statistic: str, curve: str, window: tuple[int, int] = EVERYWHERE) -> Side:
    """One side of a comparison of gradients."""
    return Side(condition="measured", metric=Metric(statistic=statistic, curve=curve, window=window))


def equal(curve: str, expected: str, **scale: Any) -> Comparison:
    """Claimed: on average over the checkpoints both agree."""
    return Comparison(larger=side("level", curve), smaller=side("level", expected), equal=True, **scale)


EXPERIMENT = Experiment(
    id="gradient-noise",
    title="The gradient of a batch",
    question="How far is the gradient of a batch from the gradient of all the data?",
    lines=(10, 10),
    chapter="Where fluctuations come from",
    tags=("minibatch-noise", "step-loss-jumps", "larger-batch"),
    data_sets=DATA_SETS,
    conditions={"measured": MEASURED},
    labels={"measured": "Adam at 0.001 in batches of 32"},
    curves=(
        Curve(name="batch_variance", label="variance of a batch's gradient, that of one example being 1"),
        Curve(name="predicted_variance", label="predicted variance"),
        Curve(name="noise_scale", label="gradient noise scale"),
    ),
    claims=(
        Claim(
            id="C06",
            statement="The gradient of a batch only approximates the gradient of all the training data.",
            lines=(10, 10),
            primary=Comparison(
                larger=side("minimum", "relative_error_32"),
                smaller=side("minimum", "relative_error_all"),
                scale="difference",
                margin=0.1,
                unit="of the full gradient's length",
            ),
            secondary={
                "the mean of batches is the full gradient": equal(
                    "mean_along_128", "mean_along_exact", scale="difference", margin=0.1, unit="of its length"
                ),
                "the variance goes with (1/B)(1 − B/N)": equal(
                    "variance_exponent", "predicted_exponent", scale="difference", margin=0.05
                ),
                "in batches of 512 of the 1000": Comparison(
                    larger=side("minimum", "relative_error_512"),
                    smaller=side("minimum", "relative_error_all"),
                    scale="difference",
                    margin=0.1,
                    unit="of the full gradient's length",
                ),
                "the noise weighs more at the end": Comparison(
                    larger=side("last", "noise_scale"), smaller=side("last", "noise_scale", (1, 1))
                ),
            },
            data_sets=tuple(DATA_SETS),
            expectation=(
                "Supported, and an understatement: off by more than the gradient's own length. Unbiased, with the "
                "textbook variance; relative to the gradient the noise grows as the loss falls."
            ),
            explanation=(
                "Batches of 32 are drawn without replacement while the weights stand still, at three points of a run: "
                "the error is the root mean square distance of their gradients from the full one, and the verdict "
                "takes the checkpoint where it is smallest."
            ),
        ),
    ),
    figures=(
        Figure(
            id="fig-gradient-noise-law",
            kind="law",
            title="The noise of a batch's gradient, measured and predicted",
            question="Does the variance of a batch's gradient fall with the batch size as sampling theory says?",
            options={
                "condition": "measured",
                "measured": "batch_variance",
                "predicted": "predicted_variance",
                "at": SIZES,
                "of": "batch size",
            },
        ),
        Figure(
            id="fig-gradient-noise-error",
            kind="comparison",
            title="How far off is the gradient of a batch of 32?",
            question="By how many lengths of the full gradient does the gradient of a batch of 32 miss it?",
            options={"claim": "C06"},
        ),
        Figure(
            id="fig-gradient-noise-scale",
            kind="comparison",
            title="Noise over signal, after 50 epochs and before the first",
            question="Does the noise of the gradient weigh more as the loss falls?",
            options={"claim": "C06", "comparison": "the noise weighs more at the end"},
        ),
    ),
)
