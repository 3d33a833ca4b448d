"""The penalty is part of every loss that Keras reports, that of the validation set too."""

from typing import Any

from generator.experiments._data_sets import DATA_SETS_WITH_TEST
from generator.spec import Claim, Comparison, Condition, Experiment, Figure, Measurement, Metric, Side, call

#: The article's third example to its end, then what Keras' own `evaluate` says; one point each.
EVALUATED = Measurement(
    function=call("generator.running.reading:evaluated_by_keras"),
    condition=Condition(
        model=call("generator.training.models:dense_network", l2=0.01),
        optimizer=call("keras.optimizers:Adam", learning_rate=0.001),
        data=DATA_SETS_WITH_TEST["random-labels"].data,
        batch_size=32,
        epochs=20,
        validation_share=0.2,
    ),
)


def equal_to_evaluated(curve: str, **scale: Any) -> Comparison:
    """Claimed: what `evaluate` returns equals this other loss."""
    larger, smaller = (
        Side(condition="evaluated", metric=Metric(statistic="last", curve=name, window=(1, 1)))
        for name in ("evaluated_loss", curve)
    )
    how = scale or {"scale": "difference", "margin": 0.01, "unit": "loss"}
    return Comparison(larger=larger, smaller=smaller, equal=True, **how)


EXPERIMENT = Experiment(
    id="penalty-in-evaluation",
    title="The penalty inside the validation loss",
    question="Is an L2 penalty part of the loss that Keras reports for the validation set?",
    lines=(125, 125),
    chapter="Reading the curves",
    tags=("log-data-loss", "penalty", "validation-loss", "not-calmed"),
    data_sets=DATA_SETS_WITH_TEST,
    conditions={"evaluated": EVALUATED},
    labels={"evaluated": "L2 penalty of 0.01, after 20 epochs"},
    replicates=24,
    curves=(),
    measures=(Metric(statistic="last", curve="unpenalised_loss", window=(1, 1)),),
    claims=(
        Claim(
            id="C29",
            statement="An L2 penalty is left out of the loss when Keras evaluates a model.",
            lines=(125, 125),
            primary=equal_to_evaluated("unpenalised_loss"),
            secondary={"as a ratio": equal_to_evaluated("unpenalised_loss", scale="log-ratio")},
            mechanism=equal_to_evaluated("recomputed_loss", scale="difference", margin=0.0001, unit="loss"),
            mechanism_statement=(
                "What comes on top is the penalty itself: the loss without it plus 0.01 times the sum of the squared "
                "kernel weights equals what evaluate() returns."
            ),
            data_sets=tuple(DATA_SETS_WITH_TEST),
            replicates=24,
            expectation="Refuted: Keras adds the penalties of the layers to the loss in training and evaluation alike.",
            explanation=(
                "The article does not say it, and draws the validation loss of a model with a penalty; an answer in "
                "Keras' own list of frequent questions says that penalties are off at test time. Both sides are real "
                "calls of evaluate() on the same weights, in a model with regularisers and in one without."
            ),
        ),
    ),
    figures=(
        Figure(
            id="fig-penalty-in-evaluation-comparison",
            kind="comparison",
            title="What the penalty adds to the validation loss",
            question="By how much is the evaluated loss higher with the regularisers than without, at equal weights?",
            options={"claim": "C29"},
        ),
    ),
)
