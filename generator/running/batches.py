"""Measurements of how batches are filled: by Keras' `fit`, and by drawing each one anew."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from generator.running.conditions import training_of
from generator.running.importing import quick_import

#: The examples of each batch of an epoch.
Epoch = Sequence[np.ndarray]


def keras_batches(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """What there is to tell (`sampling_curves`) of the batches that Keras fills while it trains."""
    with quick_import():
        from generator.training.keras_batches import fitted_batches
    training = training_of(parameters["condition"])
    fitted = fitted_batches(training, list(replicates))
    return _stacked([_by_epoch(batches, training.epochs) for batches in fitted])


def independent_batches(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """The same of batches of the same sizes, each drawn from all examples whatever the others hold."""
    with quick_import():
        from generator.training.streams import Stream, generator
    training = training_of(parameters["condition"])
    sizes = batch_sizes(training.data([0]).train.shape[1], training.batch_size)
    generators = [generator(Stream.ORDER, replicate) for replicate in replicates]
    return _stacked([[draw_independently(rng, sizes) for _ in range(training.epochs)] for rng in generators])


def batch_sizes(examples: int, batch_size: int) -> list[int]:
    """Sizes of the batches of an epoch; the last has what is left."""
    return [min(batch_size, examples - start) for start in range(0, examples, batch_size)]


def draw_independently(rng: np.random.Generator, sizes: Sequence[int]) -> list[np.ndarray]:
    """Batches of these sizes out of all examples, none twice in one batch."""
    return [rng.choice(sum(sizes), size, replace=False) for size in sizes]


def sampling_curves(epochs: Sequence[Epoch]) -> dict[str, np.ndarray]:
    """How the batches of a run sample the examples, from epoch to epoch.

    `seen_once` is the share of the examples that an epoch holds exactly once; `overlap`, for each epoch but the last,
    the share of a batch that the same batch of the next epoch holds too, over all batches; `last_batch` is the size of
    an epoch's last batch.
    """
    return {
        "seen_once": np.array([_seen_once(epoch) for epoch in epochs]),
        "overlap": np.array([_overlap(now, later) for now, later in itertools.pairwise(epochs)]),
        "last_batch": np.array([float(len(epoch[-1])) for epoch in epochs]),
    }


def _seen_once(epoch: Epoch) -> float:
    _, counts = np.unique(np.concatenate(epoch), return_counts=True)
    return float(np.sum(counts == 1) / sum(len(batch) for batch in epoch))


def _overlap(now: Epoch, later: Epoch) -> float:
    shared = sum(np.isin(a, b).sum() for a, b in zip(now, later, strict=True))
    return float(shared / sum(len(batch) for batch in now))


def _by_epoch(batches: Epoch, epochs: int) -> list[Epoch]:
    steps = len(batches) // epochs
    return [batches[start : start + steps] for start in range(0, len(batches), steps)]


def _stacked(runs: Sequence[Sequence[Epoch]]) -> dict[str, np.ndarray]:
    curves = [sampling_curves(run) for run in runs]
    return {name: np.stack([curve[name] for curve in curves]) for name in curves[0]}
