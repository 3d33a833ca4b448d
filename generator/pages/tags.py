"""What readers find pages by: what they see, on which curve, its cause, and what helps. Experiments name their tags."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from generator.errors import UnknownNameError
from generator.spec import Experiment

SYMPTOM, CURVE, CAUSE, FIX = "symptoms", "curves", "causes", "fixes"

#: The kinds of tags and their headings, in the order in which a reader comes by them.
KINDS = {SYMPTOM: "What you see", CURVE: "Which curve", CAUSE: "What causes it", FIX: "What helps"}


@dataclass(frozen=True, kw_only=True)
class Tag:
    """A way to find pages; `words` are what else people call it, for the search."""

    id: str
    kind: str
    label: str
    words: tuple[str, ...] = ()


def _tag(name: str, kind: str, label: str, *words: str) -> tuple[str, Tag]:
    return name, Tag(id=name, kind=kind, label=label, words=words)


#: Every tag by its id.
TAGS = dict(
    [
        _tag(
            "step-loss-jumps",
            SYMPTOM,
            "The loss of each step jumps, its average does not",
            *("noisy", "spiky", "spikes", "zigzag", "jagged", "jittery", "fuzzy", "hairy", "fluctuating batch loss"),
        ),
        _tag(
            "averages-jump",
            SYMPTOM,
            "The average over epochs jumps too, and does not settle",
            *(
                "unstable",
                "jumping",
                "oscillating",
                "bouncing",
                "erratic",
                "zigzag",
                "spiky",
                "up and down",
                "diverging",
            ),
        ),
        _tag(
            "stuck",
            SYMPTOM,
            "The loss sits at the value of guessing and wobbles",
            *("stuck", "flat", "not learning", "not decreasing", "constant accuracy", "plateau"),
        ),
        _tag("rough-later", SYMPTOM, "Smooth at first, rough later", "suddenly unstable", "late spikes", "loss spike"),
        _tag("stairs", SYMPTOM, "It stands still, then falls in stairs", "plateau", "sudden drop", "steps", "stalls"),
        _tag("slow", SYMPTOM, "Smooth, but slow", "too slow", "slow convergence", "slower with large batch"),
        _tag(
            "validation-jumps",
            SYMPTOM,
            "Validation jumps, training does not",
            *("noisy validation", "unstable validation accuracy", "spiky val_loss", "jumping val_acc", "zigzag"),
        ),
        _tag(
            "validation-below",
            SYMPTOM,
            "Validation loss lies below training loss",
            *("val_loss lower than loss", "validation better than training"),
        ),
        _tag(
            "validation-far-off",
            SYMPTOM,
            "Validation is far off from the first epoch on, training looks well",
            *("validation accuracy zero", "val_loss very high", "validation never improves"),
        ),
        _tag(
            "seeds-differ",
            SYMPTOM,
            "The same script gives another curve each time",
            *("not reproducible", "random seed", "different results every run", "variance between runs"),
        ),
        _tag(
            "not-calmed",
            SYMPTOM,
            "A penalty or early stopping has not calmed it",
            *("still noisy", "still fluctuating", "EarlyStopping does not help", "regularization does not help"),
        ),
        _tag("step-loss", CURVE, "Loss of each step", "batch loss", "iteration loss", "minibatch loss"),
        _tag("epoch-mean", CURVE, "Loss as Keras prints it", "epoch mean", "running average", "training loss"),
        _tag("exact-loss", CURVE, "Exact training loss", "full batch loss", "evaluate on train"),
        _tag("validation-loss", CURVE, "Validation loss", "val_loss", "test loss"),
        _tag("accuracy", CURVE, "Accuracy", "acc", "val_acc", "val_accuracy"),
        _tag("learning-rate", CAUSE, "Learning rate", "step size", "lr"),
        _tag("batch-size", CAUSE, "Batch size", "minibatch size"),
        _tag("minibatch-noise", CAUSE, "Noise of minibatches", "stochastic gradient", "SGD noise"),
        _tag("data-order", CAUSE, "Order of the examples", "shuffle", "shuffling", "sorted data"),
        _tag("initial-weights", CAUSE, "Initial weights", "initialization", "kernel_initializer"),
        _tag("curvature", CAUSE, "Shape of the loss", "loss landscape", "sharpness", "Hessian", "saddle point"),
        _tag("validation-set", CAUSE, "The validation set", "validation_split", "small validation set"),
        _tag("penalty", CAUSE, "A penalty in the loss", "L2", "weight decay", "regularizer"),
        _tag("network-size", CAUSE, "Size of the network", "capacity", "hidden units", "width", "number of neurons"),
        _tag("timing", CAUSE, "When a loss is measured", "half an epoch", "lag"),
        _tag("lower-rate", FIX, "Lower the learning rate", "reduce lr", "learning rate decay", "ReduceLROnPlateau"),
        _tag("larger-batch", FIX, "Make the batch larger", "increase batch size", "gradient accumulation"),
        _tag("average-plot", FIX, "Average the plot", "smooth", "smoothing", "moving average", "EMA"),
        _tag("shuffle", FIX, "Shuffle, and split by class", "stratify", "train_test_split"),
        _tag("more-seeds", FIX, "Run several seeds", "repeat", "error bars", "confidence band"),
        _tag("larger-validation", FIX, "Validate on more examples", "cross-validation", "k-fold"),
        _tag("log-data-loss", FIX, "Log the loss without its penalty", "metrics=", "binary_crossentropy metric"),
        _tag("leave-it", FIX, "Leave it as it is", "normal", "harmless", "is it a problem"),
    ]
)


def tags_of(experiment: Experiment) -> tuple[Tag, ...]:
    """An experiment's tags."""
    for name in experiment.tags:
        if name not in TAGS:
            raise UnknownNameError(f"tag of experiment {experiment.id}", name, TAGS)
    return tuple(TAGS[name] for name in experiment.tags)


def index(experiments: Sequence[Experiment]) -> dict[str, list[tuple[Tag, list[Experiment]]]]:
    """The tags of each kind that lead somewhere, in reading order, with their experiments."""
    found = [(tag, tagged(experiments, tag)) for tag in TAGS.values()]
    return {kind: [(tag, pages) for tag, pages in found if tag.kind == kind and pages] for kind in KINDS}


def tagged(experiments: Iterable[Experiment], tag: Tag) -> list[Experiment]:
    """The experiments with a tag; those first that name it earlier, which is where to begin."""
    return sorted((e for e in experiments if tag.id in e.tags), key=lambda e: e.tags.index(tag.id))


def related(experiment: Experiment, others: Sequence[Experiment], most: int = 3) -> list[Experiment]:
    """The other experiments that share most tags with one, at most so many."""
    shared = {e.id: len(set(e.tags) & set(experiment.tags)) for e in others if e.id != experiment.id}
    found = [e for e in others if shared.get(e.id, 0) > 0]
    return sorted(found, key=lambda e: -shared[e.id])[:most]
