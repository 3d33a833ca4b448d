"""Problems with a closed-form answer, through the code that experiments run: what is measured against what must be."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

from generator.spec import METHOD, Condition, DataSet, Experiment, Measurement, Metric, Truth, call

_TRUTHS = "generator.running.truths"

CURVATURE, NOISE_SD, BATCH = 2.0, 1.5, 4

#: The article's network on random labels in whole batches, at a learning rate of 0.
FROZEN = Condition(
    model=call("generator.training.models:dense_network"),
    optimizer=call("keras.optimizers:SGD", learning_rate=0.0),
    data=call("generator.training.datasets:random_labels", train=1024, test=0),
    batch_size=32,
    epochs=10,
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """Something that is measured, what the page calls it, and what must come out of it."""

    role: str
    label: str
    measured: Measurement
    truths: tuple[Truth, ...]


def measured(function: str, condition: Condition | None = None, **parameters: object) -> Measurement:
    """One function of `generator.running.truths` as a task."""
    return Measurement(function=call(f"{_TRUTHS}.{function}", **parameters), condition=condition)


def truth(identifier: str, role: str, statement: str, curve: str, theory: float, tolerance: float) -> Truth:
    """What the one point of a curve must be, up to an absolute tolerance."""
    metric = Metric(statistic="last", curve=curve, window=(1, 1))
    return Truth(id=identifier, statement=statement, condition=role, metric=metric, theory=theory, tolerance=tolerance)


def sgd(contraction: float, momentum: float = 0.0) -> dict[str, object]:
    """Keras' SGD at learning rate times curvature = `contraction`, as `keras.optimizers.serialize` writes it."""
    return {"class_name": "SGD", "config": {"learning_rate": contraction / CURVATURE, "momentum": momentum}}


def stationary(optimizer: dict[str, object], discarded: int) -> Measurement:
    """20,480 weights on the noisy quadratic, 200 steps of each or 100."""
    return measured(
        "descent:stationary",
        optimizer=optimizer,
        curvature=CURVATURE,
        noise_sd=NOISE_SD,
        batch_size=BATCH,
        chains=320,
        steps=350,
        discarded=discarded,
    )


def plain_descent(contraction: float) -> Case:
    """G1, G2, G10, G11: everything about stationary SGD."""
    role = f"sgd-{contraction}"
    rate, left = contraction / CURVATURE, 2 - contraction
    variance = rate * NOISE_SD**2 / (BATCH * CURVATURE * left)
    excess = rate * NOISE_SD**2 / (2 * BATCH * left)
    turning = math.acos(-contraction / 2) / math.pi
    said = f"SGD, learning rate × curvature {contraction}"
    return Case(
        role=role,
        label=said,
        measured=stationary(sgd(contraction), 150),
        truths=(
            truth(f"g1-variance-{contraction}", role, f"{said}: variance", "variance", variance, 0.015 * variance),
            truth(f"g1-loss-{contraction}", role, f"{said}: excess loss", "loss", excess, 0.015 * excess),
            truth(f"g2-memory-{contraction}", role, f"{said}: lag-1 correlation", "memory", 1 - contraction, 0.01),
            truth(f"g2-turning-{contraction}", role, f"{said}: turning rate", "turning_rate", turning, 0.01),
            truth(f"g10-{contraction}", role, f"{said}: fluctuation-dissipation ratio", "dissipation", 1.0, 0.02),
            truth(
                f"g11-{contraction}",
                role,
                f"{said}: loss spread by mean, 10 equal curvatures",
                "loss_spread",
                math.sqrt(2 / 10),
                0.002,
            ),
        ),
    )


def heavy_ball(momentum: float, contraction: float) -> Case:
    """G3: stationary SGD with momentum."""
    role = f"momentum-{momentum}-{contraction}"
    said = f"SGD with momentum {momentum}, learning rate × curvature {contraction}"
    variance = (1 + momentum) * contraction / CURVATURE * NOISE_SD**2
    variance /= BATCH * (1 - momentum) * CURVATURE * (2 * (1 + momentum) - contraction)
    return Case(
        role=role,
        label=said,
        measured=stationary(sgd(contraction, momentum), 250),
        truths=(
            truth(f"g3-{momentum}-{contraction}", role, f"{said}: variance", "variance", variance, 0.015 * variance),
        ),
    )


def stability(contraction: float) -> Case:
    """G4: descent without noise, on either side of 2."""
    role = f"noiseless-{contraction}"
    said = f"gradient descent, learning rate × curvature {contraction}"
    return Case(
        role=role,
        label=said,
        measured=measured("descent:noiseless", optimizer=sgd(contraction), curvature=CURVATURE, steps=20),
        truths=(
            truth(
                f"g4-{contraction}",
                role,
                f"{said}: growth of the log distance per step",
                "growth",
                math.log(abs(1 - contraction)),
                1e-4,
            ),
        ),
    )


def frozen_adam() -> Iterator[Case]:
    """G9: with its second moment frozen, Adam is heavy ball at (1 - beta_1) times the rate, stable up to 38 / rate."""
    for share, steps in ((0.98, 200), (1.02, 100)):
        contraction, role = 0.1 * share * 38, f"frozen-adam-{share}"
        case = measured("descent:noiseless", optimizer=sgd(contraction, 0.9), curvature=CURVATURE, steps=steps)
        said = f"Adam with frozen preconditioner at {share} of 38 by the learning rate"
        half = (contraction - 1.9) / 2
        if share < 1:
            found = truth("g9-below", role, f"{said}: distance left after 200 steps", "distance", 0.0, 1e-3)
        else:
            root = half + math.sqrt(half**2 - 0.9)
            found = truth("g9-above", role, f"{said}: growth by step", "last_factor", root, 0.001)
        yield Case(role=role, label=said, measured=case, truths=(found,))


def adam(batch_size: int) -> Case:
    """G8: where noise dominates, Adam's variance goes with one by the square root of the batch size."""
    role, rate = f"adam-{batch_size}", 0.002
    said = f"Adam, noise dominates, batch size {batch_size}"
    case = measured(
        "descent:stationary",
        optimizer={"class_name": "Adam", "config": {"learning_rate": rate}},
        curvature=1.0,
        batch_size=batch_size,
        chains=120,
        steps=1500,
        discarded=1000,
    )
    variance = rate / (2 * math.sqrt(batch_size))
    found = truth(f"g8-{batch_size}", role, f"{said}: variance", "variance", variance, 0.06 * variance)
    return Case(role=role, label=said, measured=case, truths=(found,))


def epochs(order: str, contraction: float) -> Case:
    """G5: the weight where epochs of 16 batches end, without and with replacement, and in one fixed order."""
    examples, size = 256, 16
    batches, left = examples // size, 1 - contraction
    first, second = (1 - left**batches) / contraction, (1 - left ** (2 * batches)) / (1 - left**2)
    drawn = 1 / size * (1 - size / examples)
    reshuffled = contraction**2 * drawn * (batches * second - first**2)
    reshuffled /= (batches - 1) * (1 - left ** (2 * batches))
    replaced = contraction**2 * (1 - 1 / examples) / size / (1 - left**2)
    words = {"reshuffled": "reshuffled each epoch", "replacement": "drawn with replacement", "once": "one fixed order"}
    role = f"epochs-{order}-{contraction}"
    said = f"epochs {words[order]}, learning rate × curvature {contraction}"
    if order == "once":
        found = truth(f"g5-{order}-{contraction}", role, f"{said}: change between epoch ends", "change", 0.0, 1e-6)
    else:
        variance = reshuffled if order == "reshuffled" else replaced
        found = truth(
            f"g5-{order}-{contraction}", role, f"{said}: variance at epoch ends", "variance", variance, 0.04 * variance
        )
    case = measured(
        "sampling:epoch_ends",
        order=order,
        examples=examples,
        batch_size=size,
        learning_rate=contraction,
        chains=64,
        epochs=16,
    )
    return Case(role=role, label=said, measured=case, truths=(found,))


def batch_covariance() -> Case:
    """G6: how far batches' gradients lie from the whole gradient."""
    role, said = "batch-gradients", "mean gradients of batches of 16 of 256"
    case = measured("sampling:batch_gradients", examples=256, batch_size=16, dimensions=5, epochs=50)
    words = f"{said}: trace of their covariance by S / B × (1 − B / N)"
    return Case(role=role, label=said, measured=case, truths=(truth("g6", role, words, "ratio", 1.0, 0.015),))


def learning_rate_zero() -> Case:
    """G12: nothing moves; only the choice of each batch does."""
    role, said = "frozen", "a network trained at learning rate 0"
    return Case(
        role=role,
        label=said,
        measured=measured("training:frozen", FROZEN),
        truths=(
            truth("g12-epochs", role, f"{said}: range of the epoch means", "range", 0.0, 1e-6),
            truth(
                "g12-steps",
                role,
                f"{said}: variance of step losses by S / B × (1 − B / N)",
                "step_variance",
                1.0,
                0.015,
            ),
        ),
    )


def convex() -> Case:
    """G13: below 2 / L, gradient descent never rises."""
    role, said = "logistic", "logistic regression, full batch, at 0.95 of the rate that is safe"
    condition = Condition(model=FROZEN.model, optimizer=FROZEN.optimizer, data=FROZEN.data, batch_size=1024, epochs=50)
    return Case(
        role=role,
        label=said,
        measured=measured("training:logistic_regression", condition, share=0.95),
        truths=(
            truth("g13-rises", role, f"{said}: upward variation", "rises", 0.0, 1e-7),
            truth("g13-turns", role, f"{said}: turning rate", "turning_rate", 0.0, 0.0),
        ),
    )


def coins() -> Case:
    """G14: what a finite test set does to accuracy."""
    role, said = "coins", "accuracy on 1000 examples of a predictor that answers by chance"
    return Case(
        role=role,
        label=said,
        measured=measured("sampling:accuracy_of_coins", examples=1000, draws=1500),
        truths=(
            truth("g14", role, f"{said}: variance by the sum of p (1 − p) / n²", "ratio", 1.0, 0.015),
            truth("g14-calibrated", role, f"{said}: variance by error / 2 n", "calibrated_ratio", 1.0, 0.015),
        ),
    )


def smoothing(memory: float, weight: float) -> Case:
    """G15: what an exponential moving average leaves of noise, and how far it lags."""
    role = f"smoothing-{memory}-{weight}"
    said = f"moving average of weight {weight} of noise with memory {memory}"
    left = (1 - weight) / (1 + weight) * (1 + memory * weight) / (1 - memory * weight)
    return Case(
        role=role,
        label=said,
        measured=measured("curves:smoothed", memory=memory, weight=weight, curves=100, points=500),
        truths=(
            truth(f"g15-{memory}-{weight}", role, f"{said}: variance left", "variance_ratio", left, 0.04 * left),
            truth(f"g15-lag-{memory}-{weight}", role, f"{said}: lag", "lag", weight / (1 - weight), 0.01),
        ),
    )


def half_an_epoch(rate: float) -> Case:
    """G16: an epoch's mean is the loss of half an epoch earlier."""
    role = f"lag-{rate}"
    said = f"a loss that falls by exp(−{rate}) an epoch"
    words = f"{said}: distance of mean by end from (exp(k) − 1) / k"
    found = truth(f"g16-{rate}", role, words, "deviation", 0.0, 1e-6)
    return Case(role=role, label=said, measured=measured("curves:epoch_lag", rate=rate, steps=1000), truths=(found,))


def guessing() -> Iterator[Case]:
    """G17: random labels leave ln 2, and accuracy that wobbles with the number of examples."""
    found = truth("g17-loss", "guessing", "random labels: loss of answering one half", "loss", math.log(2), 1e-4)
    case = measured("training:loss_of_guessing", FROZEN)
    yield Case(role="guessing", label="answering one half to random labels", measured=case, truths=(found,))
    for count in (1000, 200):
        role, sd = f"guessing-{count}", math.sqrt(0.25 / count)
        said = f"random labels: standard deviation of the accuracy of a guess on {count}"
        found = truth(f"g17-{count}", role, said, "accuracy_sd", sd, 0.02 * sd)
        case = measured("sampling:guessed_accuracy", examples=count, sets=200)
        yield Case(role=role, label=said, measured=case, truths=(found,))


def trend_in_differences(order: int, points: int) -> float:
    """Mean squared differences of the trend, by what white noise of variance 1 would have."""
    trend = [0.5 * math.exp(-5 * point / points) for point in range(points)]
    for _ in range(order):
        trend = [after - before for before, after in itertools.pairwise(trend)]
    return sum(value**2 for value in trend) / len(trend) / math.comb(2 * order, order)


def roughness(order: int, points: int) -> Case:
    """G18: difference-based roughness of white noise about a falling curve, the trend's own part included."""
    name = {1: "first", 2: "second", 3: "third"}[order]
    role, size = f"differences-{order}-{points}", 0.01
    said = f"roughness by {name} differences, {points} points of a falling curve with noise {size}"
    theory = math.sqrt(size**2 + trend_in_differences(order, points))
    case = made_up(f"{name}_difference_sd", points, memory=0.0, height=0.5, size=size)
    found = truth(f"g18-{order}-{points}", role, said, "rms", theory, 0.02 * theory)
    return Case(role=role, label=said, measured=case, truths=(found,))


def shape(statistic: str, words: str, memory: float, theory: float, tolerance: float) -> Case:
    """G18: what a statistic gives for noise with memory about a level."""
    role = f"{statistic.replace('_', '-')}-{memory}"
    said = f"{words} of noise with memory {memory}, 200 points"
    found = truth(f"g18-{role}", role, said, "mean", theory, tolerance)
    return Case(role=role, label=said, measured=made_up(statistic, 200, memory, height=0.0, size=1.0), truths=(found,))


def made_up(statistic: str, points: int, memory: float, height: float, size: float) -> Measurement:
    """A statistic of 4096 curves."""
    return measured(
        "curves:statistic_of_curves",
        statistic=statistic,
        points=points,
        memory=memory,
        height=height,
        size=size,
        curves=64,
    )


CASES = (
    *(plain_descent(contraction) for contraction in (0.1, 0.5, 1.5)),
    *(heavy_ball(*pair) for pair in ((0.9, 0.1), (0.5, 1.0), (0.9, 3.0))),
    *(stability(contraction) for contraction in (0.5, 1.9, 2.1)),
    *(epochs(order, contraction) for contraction in (0.1, 0.5) for order in ("reshuffled", "replacement", "once")),
    batch_covariance(),
    *(adam(batch_size) for batch_size in (8, 256)),
    *frozen_adam(),
    learning_rate_zero(),
    convex(),
    coins(),
    *(smoothing(*pair) for pair in ((0.0, 0.9), (0.5, 0.9), (0.0, 0.6))),
    *(half_an_epoch(rate) for rate in (0.1, 0.3, 0.7)),
    *guessing(),
    *(roughness(order, points) for points in (20, 50) for order in (1, 2, 3)),
    shape("turning_point_rate", "turning rate", 0.0, 2 / 3, 0.01),
    shape("turning_point_rate", "turning rate", 0.5, math.acos(-0.25) / math.pi, 0.01),
    shape("upward_variation", "upward variation", 0.0, 1.0, 0.02),
    shape("residual_autocorrelation", "lag-1 correlation", 0.5, 0.5 - 4.5 / 200, 0.01),
)

EXPERIMENT = Experiment(
    id="ground-truths",
    title="Ground truths",
    question="Does the code give what mathematics says where the answer is known?",
    lines=(147, 147),
    chapter=METHOD,
    data_sets={"known": DataSet(label="problems with a known answer", data=FROZEN.data)},
    conditions={case.role: case.measured for case in CASES},
    labels={case.role: case.label for case in CASES},
    curves=(),
    claims=(),
    figures=(),
    truths=tuple(truth for case in CASES for truth in case.truths),
)
