"""Roughness metrics, intervals and verdicts: arrays in, values out; knows nothing of experiments, files or figures."""
