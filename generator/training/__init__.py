"""Data sets, models, data orders and the replicate trainer; only `running` reaches TensorFlow besides."""

from generator import environment

#: Modules that were imported before their settings could be made, if any: runs of this process may not repeat.
IMPORTED_TOO_EARLY = environment.apply()
