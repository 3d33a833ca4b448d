"""The values that every station shares: what is asked, run, measured, claimed and drawn.

Frozen data without input or output, importing neither TensorFlow nor numpy, so that every experiment can
be loaded, listed and checked in milliseconds. Everything is validated when it is made.
"""

import dataclasses
import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.errors import GeneratorError, UnknownNameError

#: Replicates that decide a claim, that repeat it later, and that are for trying things out (design, section 6).
CONFIRMATORY = range(1000)
REPLICATION = range(1000, 2000)
PILOT = range(9000, 10000)

#: The article's confirmatory claims C01 to C29, C13 counted twice. Intervals and p-values of every verdict are
#: simultaneous over this family, within a data set; the size was fixed before any confirmatory run.
FAMILY_SIZE = 30

#: The smallest ratio worth acting on: the 80 to 125 % convention of bioequivalence.
MATERIAL_RATIO = 1.25

#: How an epoch can order its examples: a new permutation, the first one again, as stored, drawn with replacement, or by
#: their loss at the end of the epoch before.
ORDERS = ("reshuffled", "once", "stored", "replacement", "easy-first", "hard-first")

#: The part of the site for experiments that put the method itself to the test.
METHOD = "How it was measured"

#: Parts of the site that experiments belong to, in reading order.
CHAPTERS = (
    "Where fluctuations come from",
    "Settings that change them",
    "The article's examples",
    "Reading the curves",
    METHOD,
)

#: Sources of chance that replicates can share.
STREAMS = ("data", "init", "order")

_SLUG = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")


class SpecificationError(GeneratorError):
    """An experiment, claim or figure is not well formed."""


def digest_of(value: object) -> str:
    """SHA-256 of the canonical JSON of a plain value or frozen dataclass, as 64 hexadecimal digits."""
    text = json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def plain(value: Any) -> Any:
    """The JSON form of a value of this module, with every field written out (defaults too, neutral ones excepted)."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value) if not _is_neutral(value, f)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, range):
        return [value.start, value.stop]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise SpecificationError(f"expected plain data in a specification, found {type(value).__name__}: {value!r}")


def neutral(default: Any) -> Any:
    """A field that came later: while it has its default it stays out of digests, so that older ones keep theirs."""
    return field(default=default, metadata={"neutral": True})


def _is_neutral(value: Any, of: dataclasses.Field[Any]) -> bool:
    return bool(of.metadata.get("neutral")) and getattr(value, of.name) == of.default


def _require(condition: bool, expected: str, found: object) -> None:
    if not condition:
        raise SpecificationError(f"expected {expected}, found {found!r}")


def _require_slug(name: str, what: str) -> None:
    _require(bool(_SLUG.fullmatch(name)), f"{what} of lower-case words joined by hyphens", name)


def _require_claim_id(name: str) -> None:
    _require(bool(re.fullmatch(r"C\d\d[a-z]?", name)), "a claim id such as 'C20' or 'C13a'", name)


@dataclass(frozen=True, kw_only=True)
class Call:
    """A function named by its import path, with its parameters: travels to any process, imports nothing."""

    path: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _require(self.path.count(":") == 1, "an import path 'package.module:name'", self.path)
        plain(self.parameters)

    def with_parameters(self, **changed: Any) -> "Call":
        """The same call with some parameters added or replaced."""
        return Call(path=self.path, parameters={**self.parameters, **changed})


def call(path: str, /, **parameters: Any) -> Call:
    """Write a `Call` as it would be called."""
    return Call(path=path, parameters=parameters)


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One setting of a comparison: everything a training run depends on but its replicates.

    `data`, `model` and `optimizer` are calls resolved where TensorFlow is imported. `validation_share` takes the last
    share of the training examples, as Keras' `validation_split` does. `probes` names extra curves (`dead_units`).

    `order` is how each epoch orders the examples (`ORDERS`). All replicates share the streams in `shared` ("data",
    "init", "order"). With `crossed` = n, replicate r has the initial weights of r // n and the order of r % n. With
    `noise_of_batch`, Gaussian noise with the covariance of a batch of this size joins the gradient of whole batches.
    `passes` over the examples make up a recorded epoch.
    """

    model: Call
    optimizer: Call
    data: Call
    batch_size: int = 32
    epochs: int = 10
    validation_share: float = 0.0
    loss: str = "binary_crossentropy"
    probes: tuple[str, ...] = ()
    order: str = neutral("reshuffled")
    shared: tuple[str, ...] = neutral(())
    crossed: int = neutral(0)
    noise_of_batch: int = neutral(0)
    passes: int = neutral(1)

    def __post_init__(self) -> None:
        _require(self.batch_size >= 1, "a batch size of at least 1", self.batch_size)
        _require(self.epochs >= 1, "at least 1 epoch", self.epochs)
        _require(self.passes >= 1, "at least 1 pass an epoch", self.passes)
        _require(0 <= self.validation_share < 1, "a validation share in [0, 1)", self.validation_share)
        _require(self.order in ORDERS, f"an order of the examples among {', '.join(ORDERS)}", self.order)
        _require(set(self.shared) <= set(STREAMS), f"shared streams among {', '.join(STREAMS)}", self.shared)


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """Something else that is measured for each replicate of a condition: gradients, curvature, a second run.

    `function` takes the condition's plain form as `condition`, its own parameters, and the replicates; it returns named
    arrays of shape (replicates, points), which metrics read like curves. Without a condition nothing is trained as an
    experiment trains it: curves are simulated, or a problem with a known answer is solved.
    """

    function: Call
    condition: Condition | None


@dataclass(frozen=True, kw_only=True)
class Task:
    """One unit of work: a function named by import path, its parameters, and the replicates to compute."""

    function: str
    parameters: Mapping[str, Any]
    replicates: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Stopping:
    """Where early stopping ends a curve: at the last epoch trained, or at the best one where weights are `restored`."""

    monitor: str = "val_loss"
    patience: int = 3
    restored: bool = False

    @property
    def id(self) -> str:
        """Names the rule inside a metric's id."""
        return f"{'restored' if self.restored else 'stopped'} by {self.monitor}, patience {self.patience}"


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A number per replicate, computed from one curve.

    `statistic` names one of `generator.stats.roughness`; `curve` a key of `History`; `window` the first and last
    point, both included and counted from 1 (epochs, or steps for the curves that begin with `step_`). With `log` the
    statistic is taken of the curve's logarithm (relative roughness). With `minus` it is taken of the absolute
    difference from that second curve. With `stopping` the window ends where the rule ends the run.
    """

    statistic: str
    curve: str
    window: tuple[int, int]
    log: bool = False
    minus: str | None = None
    stopping: Stopping | None = None

    def __post_init__(self) -> None:
        first, last = self.window
        _require(1 <= first <= last, "a window (first, last) with 1 <= first <= last", self.window)

    @property
    def id(self) -> str:
        """Names the metric inside a record."""
        curve = f"|{self.curve} - {self.minus}|" if self.minus else self.curve
        curve = f"log {curve}" if self.log else curve
        stop = f", {self.stopping.id}" if self.stopping else ""
        return f"{self.statistic} of {curve}, {self.window[0]} to {self.window[1]}{stop}"


@dataclass(frozen=True, kw_only=True)
class Side:
    """One side of a comparison: which condition, measured how."""

    condition: str
    metric: Metric


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two sides paired by replicate; the claimed direction is `larger` above `smaller`.

    `scale` is `"log-ratio"` (estimates are ratios, `margin` a ratio) or `"difference"` (both in the metric's unit).
    `margin` is the smallest effect that would matter to a reader. With `equal` the claim is that there is none, with
    `at_most` that the first side is not larger than the second by as much.
    """

    larger: Side
    smaller: Side
    scale: str = "log-ratio"
    margin: float = MATERIAL_RATIO
    unit: str = ""
    equal: bool = neutral(False)
    at_most: bool = neutral(False)

    def __post_init__(self) -> None:
        _require(self.scale in {"log-ratio", "difference"}, "a scale of 'log-ratio' or 'difference'", self.scale)
        _require(not (self.equal and self.at_most), "a comparison that is `equal` or `at_most`, not both", "both")
        smallest = 1.0 if self.scale == "log-ratio" else 0.0
        _require(self.margin > smallest, f"a margin above {smallest:g} for a {self.scale}", self.margin)

    @property
    def delta(self) -> float:
        """The margin on the scale on which the interval is computed."""
        return math.log(self.margin) if self.scale == "log-ratio" else self.margin


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A testable sentence of the article in our own words, and how it is decided.

    `lines` are the first and last line of the article that it paraphrases. `primary` decides the verdict on each of
    `data_sets`; `secondary` comparisons are reported with it and explained where they disagree. `mechanism`, where the
    article says "because", names a further comparison that must hold too, in the direction the explanation implies.
    """

    id: str
    statement: str
    lines: tuple[int, int]
    primary: Comparison
    data_sets: tuple[str, ...]
    secondary: Mapping[str, Comparison] = field(default_factory=dict)
    mechanism: Comparison | None = None
    mechanism_statement: str = ""
    replicates: int = 64
    expectation: str = ""
    explanation: str = ""

    def __post_init__(self) -> None:
        _require_claim_id(self.id)
        _require(self.replicates >= 24, "at least 24 pairs for a confirmatory claim", self.replicates)
        _require(len(self.data_sets) >= 1, "at least one data set", self.data_sets)

    @property
    def comparisons(self) -> Mapping[str, Comparison]:
        """Every comparison by name, the primary first."""
        mechanism = {"mechanism": self.mechanism} if self.mechanism else {}
        return {"primary": self.primary, **mechanism, **self.secondary}


@dataclass(frozen=True, kw_only=True)
class Truth:
    """A number that is known beforehand, and what has to give it: the mean of a metric over the replicates.

    `theory` and `tolerance` are in the metric's unit.
    """

    id: str
    statement: str
    condition: str
    metric: Metric
    theory: float
    tolerance: float

    def __post_init__(self) -> None:
        _require_slug(self.id, "a truth's id")
        _require(self.tolerance >= 0, "a tolerance of at least 0", self.tolerance)


@dataclass(frozen=True, kw_only=True)
class Description:
    """A sentence of the article that says how often something happens: it is described, and no verdict is given."""

    id: str
    statement: str
    lines: tuple[int, int]
    explanation: str = ""

    def __post_init__(self) -> None:
        _require_claim_id(self.id)


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A curve that figures draw: kept in the record as quantiles over replicates and a few single runs."""

    name: str
    label: str
    last: int | None = None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure that answers one question; `kind` names the drawing in `generator.figures`."""

    id: str
    kind: str
    title: str
    question: str
    data_set: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _require_slug(self.id, "a figure id")
        _require(self.id.startswith("fig-"), "a figure id that starts with 'fig-'", self.id)
        _require(not self.id.endswith("-dark"), "a figure id that does not end in '-dark'", self.id)


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """A question and the data that answers it.

    `conditions` maps a role (`"high"`) to the condition as run on the first data set; on the other data sets the same
    condition runs with that set's data, model and loss (`data_sets`). `labels` words each role for figures. `measures`
    are what figures need beyond the claims: a metric of every condition, or a side. `chapter` is where the site puts
    the page, and `tags` are what readers find it by (`generator.pages.tags`). `truths` are what the method itself has
    to give, on every data set. `descriptions` are what the article says about how often something happens.
    """

    id: str
    title: str
    question: str
    lines: tuple[int, int]
    data_sets: Mapping[str, "DataSet"]
    conditions: Mapping[str, Condition | Measurement]
    labels: Mapping[str, str]
    curves: tuple[Curve, ...]
    claims: tuple[Claim, ...]
    figures: tuple[Figure, ...]
    replicates: int = 64
    measures: tuple[Metric | Side, ...] = ()
    tolerance: float | None = None
    chapter: str = "The article's examples"
    truths: tuple[Truth, ...] = neutral(())
    descriptions: tuple[Description, ...] = neutral(())
    tags: tuple[str, ...] = neutral(())

    def __post_init__(self) -> None:
        _require_slug(self.id, "an experiment id")
        _require(self.chapter in CHAPTERS, f"a chapter among {', '.join(CHAPTERS)}", self.chapter)
        _require(set(self.labels) == set(self.conditions), "a label for each condition", sorted(self.labels))
        for tag in self.tags:
            _require_slug(tag, "a tag")
        for truth in self.truths:
            if truth.condition not in self.conditions:
                raise UnknownNameError(
                    f"condition of {truth.id} in experiment {self.id}", truth.condition, self.conditions
                )
        for claim in self.claims:
            for comparison in claim.comparisons.values():
                self._check(f"claim {claim.id}", comparison.larger)
                self._check(f"claim {claim.id}", comparison.smaller)
            for name in claim.data_sets:
                if name not in self.data_sets:
                    raise UnknownNameError(
                        f"data set of claim {claim.id} in experiment {self.id}", name, self.data_sets
                    )

        for measure in self.measures:
            if isinstance(measure, Side):
                self._check("a measure", measure)

    def _check(self, of: str, side: Side) -> None:
        if side.condition not in self.conditions:
            raise UnknownNameError(f"condition of {of} in experiment {self.id}", side.condition, self.conditions)
        condition, last = self.conditions[side.condition], side.metric.window[1]
        if isinstance(condition, Measurement) or side.metric.curve.startswith("step_"):
            return
        if last > condition.epochs:
            raise SpecificationError(
                f"{of} in experiment {self.id}: expected a window within the {condition.epochs} epochs of "
                f"condition {side.condition!r}, found one to {last}"
            )

    def on(self, data_set: str) -> dict[str, Condition | Measurement]:
        """The conditions as they run on one data set."""
        if data_set not in self.data_sets:
            raise UnknownNameError(f"data set in experiment {self.id}", data_set, self.data_sets)
        return {role: self.data_sets[data_set].adapt(condition) for role, condition in self.conditions.items()}

    def cells(self) -> Iterator[tuple[str, str, Condition | Measurement]]:
        """Every (data set, role, condition), in the order in which they are recorded."""
        for data_set in self.data_sets:
            for role, condition in self.on(data_set).items():
                yield data_set, role, condition

    def registration(self, claim: Claim) -> str:
        """SHA-256 of all that decides a claim's verdict; its wording may be improved later, this may not."""
        sides = [side for c in claim.comparisons.values() for side in (c.larger, c.smaller)]
        roles = sorted({side.condition for side in sides})
        return digest_of(
            {
                "claim": claim.id,
                "lines": claim.lines,
                "comparisons": dict(claim.comparisons),
                "replicates": claim.replicates,
                "family_size": FAMILY_SIZE,
                "conditions": {name: {role: self.on(name)[role] for role in roles} for name in claim.data_sets},
            }
        )

    def metrics(self, data_set: str, role: str) -> tuple[Metric, ...]:
        """Every metric that a claim or figure needs of one cell, without repeats."""
        sides = (
            side
            for claim in self.claims
            if data_set in claim.data_sets
            for comparison in claim.comparisons.values()
            for side in (comparison.larger, comparison.smaller)
            if side.condition == role
        )
        truths = (truth.metric for truth in self.truths if truth.condition == role)
        return tuple(dict.fromkeys([*(side.metric for side in sides), *truths, *self._measured(role)]))

    def _measured(self, role: str) -> Iterator[Metric]:
        for measure in self.measures:
            if isinstance(measure, Metric):
                yield measure
            elif measure.condition == role:
                yield measure.metric


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """Where an experiment's examples come from, and what a condition must change to learn them."""

    label: str
    data: Call
    loss: str = "binary_crossentropy"
    model_parameters: Mapping[str, Any] = field(default_factory=dict)
    has_signal: bool = True

    def adapt(self, condition: Condition | Measurement) -> Condition | Measurement:
        """The condition with this set's data, loss and network output."""
        if isinstance(condition, Measurement):
            adapted = self._adapted(condition.condition) if condition.condition else None
            return dataclasses.replace(condition, condition=adapted)
        return self._adapted(condition)

    def _adapted(self, condition: Condition) -> Condition:
        return dataclasses.replace(
            condition,
            data=self.data,
            loss=self.loss,
            model=condition.model.with_parameters(**self.model_parameters),
        )
