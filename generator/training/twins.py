"""Twins: runs that share everything with another but some sources of chance."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from generator.training.trainer import Training

#: Added to a replicate for the streams that its twin draws anew: no experiment has replicates of such numbers.
OFFSET = 50_000


@dataclass(frozen=True, kw_only=True)
class Twin(Training):
    """A training run whose streams in `anew` ("data", "init", "order") are none of its replicate's own."""

    anew: tuple[str, ...] = ()

    def stream(self, name: str, replicates: Sequence[int]) -> list[int]:
        """The streams of the run it is a twin of, but for those drawn anew."""
        own = super().stream(name, replicates)
        return [OFFSET + replicate for replicate in own] if name in self.anew else own


def twin_of(training: Training, anew: tuple[str, ...]) -> Twin:
    """The same training with these streams drawn anew; without any, the same run once more."""
    fields = {field.name: getattr(training, field.name) for field in dataclasses.fields(Training)}
    return Twin(**fields, anew=anew)
