"""A run of stub tasks in a process of its own, to be killed: `python -m tests.running.killed_run FOLDER`."""

import sys
from collections.abc import Callable
from pathlib import Path

from generator.running.run import run
from generator.spec import Condition, Curve, DataSet, Experiment, Measurement, Metric, call

DATA = call("generator.training.datasets:random_labels", train=8)

#: Six cells, so that a run has many moments to die in.
EXPERIMENT = Experiment(
    id="stub",
    title="Stub",
    question="?",
    lines=(1, 1),
    data_sets={name: DataSet(label=name, data=DATA.with_parameters(test=i)) for i, name in enumerate(("a", "b", "c"))},
    conditions={
        name: Measurement(
            function=call("tests.running.stub_tasks:waves", frequency=frequency),
            condition=Condition(model=call("m:m"), optimizer=call("o:o"), data=DATA),
        )
        for name, frequency in (("slow", 0.1), ("fast", 1.0))
    },
    labels={"slow": "slow", "fast": "fast"},
    curves=(Curve(name="wave", label="wave"),),
    claims=(),
    figures=(),
    measures=(Metric(statistic="upward_variation", curve="wave", window=(1, 40)),),
)


def silent(_total: int, _what: str) -> Callable[[], None]:
    """No progress bar."""
    return lambda: None


if __name__ == "__main__":
    run([EXPERIMENT], Path(sys.argv[1]), workers=2, progress=silent)
