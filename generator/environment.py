"""The one place that makes runs repeatable: settings that numpy and TensorFlow read when they are imported.

`apply` must therefore be called before either is imported; the command line and `generator.training` do so.
Importing this module imports nothing else.
"""

import os
import sys

#: Settings that fix which kernels compute a result. Instruction sets are capped at AVX2 so that machines with and
#: without AVX-512 agree; XLA's cap alone is not enough, as YNNPACK ignores it (its fusions are switched off), and
#: OpenBLAS, which computes numpy's eigenvalues, is told a type of processor. At its first level of optimisation XLA
#: compiles in two thirds of the time, to code as fast and with the same bits. One thread a process: handing the small
#: products of a step to a pool of threads costs a quarter of it and gains nothing.
SETTINGS = {
    "CUDA_VISIBLE_DEVICES": "",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "XLA_FLAGS": ("--xla_cpu_max_isa=AVX2 --xla_cpu_experimental_ynn_fusion_type= --xla_backend_optimization_level=1"),
    "KERAS_BACKEND": "tensorflow",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OPENBLAS_CORETYPE": "Haswell",
    "MKL_NUM_THREADS": "1",
}

#: Modules that read the settings once, when they are imported.
_READERS = ("numpy", "tensorflow")


def apply() -> tuple[str, ...]:
    """Set every setting; returns the modules that were imported too early to see a change, if any."""
    changed = [name for name, value in SETTINGS.items() if os.environ.get(name) != value]
    os.environ.update(SETTINGS)
    return tuple(name for name in _READERS if changed and name in sys.modules)


def fingerprint() -> dict[str, str]:
    """The settings as they stand, for keys and records."""
    return {name: os.environ.get(name, "") for name in sorted(SETTINGS)}
