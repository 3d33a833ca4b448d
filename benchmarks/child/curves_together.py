"""Steady state: curves of 64 replicates together, once the program is compiled."""

import itertools
import sys

from benchmarks.article import CONDITION
from benchmarks.child import serve
from generator.errors import GeneratorError
from generator.running.conditions import CHUNK, train_condition
from generator.spec import plain

#: What has to be recorded: every step, the epoch mean, the exact loss of the whole training set, the accuracy.
RECORDED = {"step_loss", "loss", "train_loss", "accuracy"}

#: Chunks of replicates trained for each answer, so that the time of waking up does not count for much.
ROUNDS = 4


def main(first: int) -> None:
    """Train `CHUNK` replicates at a time, from `first` on, never the same ones: nothing can be remembered."""
    parameters, starts = plain(CONDITION), itertools.count(first, CHUNK)

    def train(_: str) -> list[str]:
        for _round in range(ROUNDS):
            start = next(starts)
            curves = train_condition(parameters, range(start, start + CHUNK))
        return sorted(curves)

    missing = RECORDED - set(train(""))
    if missing:
        raise GeneratorError(f"expected all curves to be recorded, found none of {', '.join(sorted(missing))}")
    serve(train)


if __name__ == "__main__":
    main(int(sys.argv[1]))
