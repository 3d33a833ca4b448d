"""Everything that a run does, from a cold process to curves in the store, for some replicates of one condition."""

import json
import resource
import sys
import tempfile
from pathlib import Path

from benchmarks.article import CONDITION
from generator import environment
from generator.running.conditions import tasks
from generator.running.executors import compute
from generator.running.keys import run_key
from generator.running.store import Store


def main(replicates: int, workers: int) -> dict[str, int]:
    """Compute the curves; returns the highest peak memory of the worker processes, in bytes."""
    environment.apply()
    keyed = [(task, run_key(task).digest) for task in tasks(CONDITION, range(replicates))]
    with tempfile.TemporaryDirectory() as folder:
        compute(Store(root=Path(folder)), keyed, workers, lambda: None)
    unit = 1 if sys.platform == "darwin" else 1024
    return {"peak": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
