"""Row 2: how much of one processor's arithmetic the training step uses."""

import re
import statistics
from collections.abc import Iterator
from pathlib import Path

from benchmarks.article import EXAMPLES, FEATURES, HIDDEN
from benchmarks.child.product import SIZE
from benchmarks.comparison import Quantity, Row, Side
from benchmarks.processes import together, waiting
from generator.running.conditions import CHUNK

REPETITIONS = 25

#: Multiply-adds for one example: both layers forward and both kernels' gradients, and the hidden layer's gradient (the
#: inputs need none). Adam, biases, activations, loss and gathering the batch count as nothing, though they take time.
MULTIPLY_ADDS = 2 * (FEATURES * HIDDEN + HIDDEN) + HIDDEN

#: Two fused multiply-adds a cycle, on eight floats each.
OPERATIONS_PER_CYCLE = 2 * 2 * 8

_HASWELL = {"OPENBLAS_CORETYPE": "Haswell", "OPENBLAS_NUM_THREADS": "1"}


def step() -> Iterator[Row]:
    """The steps of an epoch against a large matrix product, both on the same single processor."""
    operations = 2 * MULTIPLY_ADDS * EXAMPLES * CHUNK
    rates, peaks, kernels = [], [], set()
    with waiting("benchmarks.child.steps") as steps, waiting("benchmarks.child.product", changes=_HASWELL) as product:
        for _ in range(REPETITIONS):
            _, (seconds,) = together([steps])
            rates.append(operations / seconds / 1e9)
            _, ((seconds, kernel),) = together([product])
            peaks.append(2 * SIZE**3 / seconds / 1e9)
            kernels.add(kernel)
    replicate_step = operations / (statistics.median(rates) * 1e9) / CHUNK / EXAMPLES * 32
    yield Row(
        id="2",
        title="arithmetic of the training step, one processor",
        ours=Side(label=f"{CHUNK} replicates, batches of 32", values=rates, unit="GFLOP/s"),
        reference=Side(
            label=f"float32 product of {SIZE} × {SIZE} matrices, OpenBLAS kernel {', '.join(sorted(kernels))}",
            values=peaks,
            unit="GFLOP/s",
        ),
        quantity=Quantity.TIMES_AS_LONG,
        notes=(
            f"operations = 2 × (2·({FEATURES}·{HIDDEN} + {HIDDEN}·1) + {HIDDEN}·1) × {EXAMPLES} examples × {CHUNK} "
            f"replicates = {operations / 1e6:.1f} million an epoch; {replicate_step * 1e6:.2f} µs a replicate and step",
            _by_formula(),
        ),
    )


def _by_formula() -> str:
    megahertz = _frequency()
    if megahertz is None:
        return "peak by formula: the frequency cannot be read here"
    peak = OPERATIONS_PER_CYCLE * megahertz / 1e3
    return (
        f"peak by formula: 2 FMA × 8 floats × 2 operations × {megahertz:.0f} MHz = {peak:.0f} GFLOP/s "
        "(a virtual machine may tell its nominal frequency and run faster)"
    )


def _frequency() -> float | None:
    path = Path("/proc/cpuinfo")
    found = re.search(r"cpu MHz\s*:\s*([\d.]+)", path.read_text()) if path.is_file() else None
    return float(found.group(1)) if found else None
