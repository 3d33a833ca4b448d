"""Random streams: one for each source of chance and replicate, shared by all conditions of a comparison."""

from enum import Enum

import numpy as np


class Stream(Enum):
    """A source of chance. The numbers enter the seeds of published results: add to them, never change them."""

    DATA = 1
    SPLIT = 2
    INIT = 3
    ORDER = 4
    DROPOUT = 5
    NOISE = 6
    MEASUREMENT = 7


def generator(stream: Stream, replicate: int) -> np.random.Generator:
    """The stream's generator for one replicate, independent of every other stream and replicate."""
    return np.random.default_rng(np.random.SeedSequence([stream.value, replicate]))


def layer_seed(stream: Stream, replicate: int, position: int) -> int:
    """A 31-bit seed for the `position`-th random part of a model (an initialiser, a dropout layer)."""
    return int(np.random.SeedSequence([stream.value, replicate, position]).generate_state(1)[0] >> 1)
