"""Data sets, models, data orders and the replicate trainer; with `running`, the only station that reaches TensorFlow."""

from generator import environment

environment.apply()
