"""The spread over orders of one epoch, against runs that are each trained to their end."""

import dataclasses

import numpy as np
import pytest

from generator.running.conditions import training_of
from generator.running.order_measurements import one_epoch_anew
from generator.spec import Condition, call, plain
from generator.training.orders import DRAWN, permutations
from generator.training.trainer import train

pytestmark = pytest.mark.tensorflow

REPLICATES, EPOCH, ORDERS = (3, 5), 2, 4

CONDITION = plain(
    Condition(
        model=call("generator.training.models:dense_network", features=3, hidden=4),
        optimizer=call("keras.optimizers:Adam", learning_rate=0.05),
        data=call("generator.training.datasets:planted_teacher", train=20, test=0, features=3),
        batch_size=8,
        epochs=50,
    )
)


def test_the_spread_is_that_of_runs_that_part_after_the_checkpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    found = one_epoch_anew({"condition": CONDITION, "epoch": EPOCH, "orders": ORDERS}, REPLICATES)
    ends: dict[str, list[np.ndarray]] = {"loss": [], "train_loss": []}
    for k in range(ORDERS):

        def parting(replicate: int, examples: int, epochs: int, k: int = k) -> np.ndarray:
            return permutations(replicate, examples, epochs + ORDERS)[[*range(EPOCH), EPOCH + k]]

        # A way to order of its own each time, as drawn orders are kept by their name.
        monkeypatch.setitem(DRAWN, f"parting-{k}", parting)
        run = train(dataclasses.replace(training_of(CONDITION), epochs=EPOCH + 1, order=f"parting-{k}"), REPLICATES)
        for name, values in ends.items():
            values.append(run[name][:, -1])
    for name, values in ends.items():
        mean = sum(values) / ORDERS
        spread = np.sqrt(sum((value - mean) ** 2 for value in values) / (ORDERS - 1))
        assert found[f"{name}_over_orders"][:, 0] == pytest.approx(spread, rel=1e-6)
        assert (spread > 0).all()
