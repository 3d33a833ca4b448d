"""The losses as a plot shows them, against the trained curves averaged by another route."""

import numpy as np
import pytest
import scipy.signal

from generator import experiments
from generator.running.conditions import training_of
from generator.running.smoothing_measurements import LOSSES, smoothed_losses
from generator.spec import Condition, Measurement, call, plain
from generator.training.trainer import train

pytestmark = pytest.mark.tensorflow

SMALL = Condition(
    model=call("generator.training.models:dense_network", features=3, hidden=4),
    optimizer=call("keras.optimizers:Adam", learning_rate=0.01),
    data=call("generator.training.datasets:planted_teacher", train=50, test=0, features=3),
    batch_size=8,
    epochs=4,
    validation_share=0.2,
)


def test_every_loss_is_kept_and_smoothed() -> None:
    curves = smoothed_losses({"condition": plain(SMALL), "steps": 12, "smoothings": (0.6, 0.95)}, [3, 5])
    history = train(training_of(plain(SMALL)), [3, 5])
    for name in LOSSES:
        kept = history[name][:, :12]
        np.testing.assert_allclose(curves[name], kept, rtol=1e-6)
        for smoothing in (0.6, 0.95):
            filtered = scipy.signal.lfilter([1 - smoothing], [1, -smoothing], kept, axis=1)
            expected = filtered / (1 - smoothing ** np.arange(1, kept.shape[1] + 1))
            np.testing.assert_allclose(curves[f"{name}_smoothed_{smoothing:g}"], expected, rtol=1e-6)
    assert curves["step_loss"].shape == (2, 12)
    assert curves["val_loss_smoothed_0.6"].shape == (2, 4)


def test_the_explorer_asks_for_what_there_is() -> None:
    experiment = experiments.find("explorer")
    measurement = experiment.conditions["rate-0.01-batch-32"]
    assert isinstance(measurement, Measurement)
    curves = smoothed_losses({**measurement.function.parameters, "condition": plain(SMALL)}, [3])
    needed = {metric.curve for metric in experiment.metrics("planted-teacher", "rate-0.01-batch-32")}
    assert needed == set(curves)
