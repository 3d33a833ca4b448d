"""Tasks without TensorFlow for worker processes to run."""

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np


def count(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """Leave a mark in a folder for each time it is computed, slowly."""
    folder = Path(parameters["model"]["parameters"]["folder"])
    (folder / f"{os.getpid()}-{time.monotonic_ns()}").touch()
    time.sleep(parameters["model"]["parameters"].get("seconds", 0.0))
    return {"loss": np.asarray(replicates, dtype=np.float64)[:, None]}


def fail(_parameters: Mapping[str, Any], _replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """Fail as a task may."""
    raise ValueError("no such luck")


def die(_parameters: Mapping[str, Any], _replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """Die as a worker without memory does."""
    os._exit(9)


def waves(parameters: Mapping[str, Any], replicates: Sequence[int]) -> dict[str, np.ndarray]:
    """A curve for each replicate, at once."""
    points = np.arange(40) * parameters["frequency"]
    return {"wave": np.sin(points + np.asarray(replicates, dtype=np.float64)[:, None])}
