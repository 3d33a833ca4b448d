"""Curvature over its threshold, where both are known."""

from typing import Any

import numpy as np
import pytest

from generator.errors import GeneratorError
from generator.running.edge_measurements import edge
from generator.spec import Call, Condition, call, plain

pytestmark = pytest.mark.tensorflow

RATE = 0.3


def measured(optimizer: Call, **changed: Any) -> dict[str, np.ndarray]:
    """One weight on the squares of w x - y: the curvature is twice the mean square of x, at any weight."""
    condition = Condition(
        model=call(
            "generator.training.models:regression_network", features=1, hidden=1, layers=0, outputs=1, bias=False
        ),
        optimizer=optimizer,
        data=call("generator.training.datasets:linear_teacher", strengths=(2.0,), train=20, features=1),
        loss="mean_squared_error",
        **{"batch_size": 20, "epochs": 3, "passes": 2, **changed},
    )
    return edge({"condition": plain(condition), "products": 2}, [9000, 9001])


def curvatures() -> np.ndarray:
    from generator.training.datasets import linear_teacher

    examples = linear_teacher([9000, 9001], strengths=(2.0,), train=20, features=1)
    return np.asarray(2 * (examples.x[examples.train, 0] ** 2).mean(axis=1))


def test_plain_descent_is_compared_with_2_over_its_rate() -> None:
    found = measured(call("keras.optimizers:SGD", learning_rate=RATE))
    assert found["edge"] == pytest.approx(np.tile(curvatures()[:, None] * RATE / 2, 3), rel=1e-4)
    assert found["step_error"].shape == (2, 6)
    contraction = (1 - RATE * curvatures()) ** 2
    assert found["step_error"][:, 1] / found["step_error"][:, 0] == pytest.approx(contraction, rel=1e-3)


def test_adam_is_compared_with_38_over_its_rate() -> None:
    """With a large epsilon its preconditioner is epsilon, corrected as Keras does: over sqrt(1 - b2^steps)."""
    adam = call("keras.optimizers:Adam", learning_rate=RATE, epsilon=1e4, beta_2=0.5)
    scale = 1e4 / np.sqrt(1 - 0.5 ** np.array([2, 4, 6]))
    expected = curvatures()[:, None] / scale * RATE / 38
    assert measured(adam)["edge"] == pytest.approx(expected, rel=2e-3)


def test_other_optimisers_have_no_threshold_here() -> None:
    with pytest.raises(GeneratorError, match="expected plain SGD or Adam at the edge of stability, found RMSprop"):
        measured(call("keras.optimizers:RMSprop", learning_rate=RATE))
