"""What pages tell readers to put into their own scripts: every block of code runs, and does what is said of it."""

import functools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest
import tensorflow as tf

from generator import experiments

pytestmark = pytest.mark.tensorflow

FIXES = Path(__file__).resolve().parents[2] / "templates" / "pages" / "fixes"
NAMES = sorted(path.name.removesuffix(".md.jinja") for path in FIXES.iterdir())
EPOCHS = 3

Names = dict[str, Any]


def make_model(l2: float = 0.0) -> keras.Model:
    layers = keras.layers
    return keras.Sequential(
        [
            layers.Input((4,)),
            layers.Dense(8, activation="relu", kernel_regularizer=keras.regularizers.L2(l2) if l2 else None),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def block(name: str) -> str:
    (code,) = re.findall(r"^``` python\n(.*?)^```$", (FIXES / f"{name}.md.jinja").read_text(), re.M | re.S)
    return str(code)


def run(name: str, **changed: Any) -> Names:
    """Run a page's block where a reader has these names, and return what they are afterwards."""
    rng = np.random.default_rng(1)
    x, x_val = (rng.random((count, 4)).astype("float32") for count in (64, 32))
    y, y_val = ((values.sum(axis=1, keepdims=True) > 2).astype("float32") for values in (x, x_val))
    keras.utils.set_random_seed(1)
    model = make_model()
    model.compile(keras.optimizers.SGD(0.5), "binary_crossentropy")
    given = {"keras": keras, "np": np, "plt": plt, "tf": tf, "x": x, "y": y, "x_val": x_val, "y_val": y_val}
    mine = {"epochs": EPOCHS, "rate": 0.1, "batch_size": 8, "model": model, "make_model": make_model}
    names = {**given, **mine, **changed}
    exec(block(name), names)
    return names


@pytest.fixture(autouse=True)
def _uncompiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tracing and compiling models so small takes longer than training them."""
    compiled = functools.partialmethod(keras.Model.compile, jit_compile=False, run_eagerly=True)
    monkeypatch.setattr(keras.Model, "compile", compiled)


@functools.cache
def checks() -> dict[str, Callable[[], None]]:
    """The test of each block, by the name of its page."""
    return {name.removeprefix("shows_").replace("_", "-"): f for name, f in globals().items() if name[:6] == "shows_"}


@pytest.mark.parametrize("name", NAMES)
def test_a_block_does_what_its_page_says(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert name in experiments.load()
    assert len(block(name).strip().splitlines()) <= 9
    checks()[name]()
    plt.close("all")
    capsys.readouterr()


def shows_batch_size() -> None:
    names = run("batch-size")
    logged = names["history"].history
    assert len(logged["exact_loss"]) == EPOCHS
    assert logged["exact_loss"][-1] == pytest.approx(names["model"].evaluate(names["x"], names["y"], verbose=0))
    assert logged["exact_loss"][0] < logged["loss"][0]


def shows_learning_rate() -> None:
    names = run("learning-rate")
    assert float(names["model"].optimizer.learning_rate.numpy()) == pytest.approx(0.01)
    first, bias = names["model"].get_weights()[:2]
    by_hand = names["x"] @ first + bias <= 0
    np.testing.assert_array_equal(np.all(names["hidden"] == 0, axis=0), by_hand.all(axis=0))


def shows_early_stopping() -> None:
    model = make_model(l2=0.1)
    x_val = np.random.default_rng(2).random((32, 4)).astype("float32")
    opposite = (x_val.sum(axis=1, keepdims=True) <= 2).astype("float32")
    names = run("early-stopping", epochs=60, model=model, x_val=x_val, y_val=opposite)
    watched = names["history"].history["val_binary_crossentropy"]
    assert len(watched) < 60
    loss, data_loss = model.evaluate(names["x_val"], names["y_val"], verbose=0)
    assert data_loss == pytest.approx(min(watched), abs=1e-6)
    assert loss > data_loss + 0.01


def shows_validation_split() -> None:
    x = np.linspace(0, 1, 60, dtype="float32")[:, None] * np.ones(4, "float32")
    y = (x[:, :1] > 0.5).astype("float32")
    assert set(y[48:, 0]) == {1}
    names = run("validation-split", x=x, y=y)
    assert set(names["y"][48:, 0]) == {0, 1}
    np.testing.assert_array_equal(names["y"], names["x"][:, :1] > 0.5)
    assert len(names["history"].history["val_loss"]) == EPOCHS


def shows_two_losses() -> None:
    names = run("two-losses")
    training, validation = plt.gca().lines
    np.testing.assert_allclose(np.asarray(training.get_xdata()), [0.5, 1.5, 2.5])
    np.testing.assert_allclose(np.asarray(validation.get_xdata()), [1, 2, 3])
    np.testing.assert_allclose(np.asarray(validation.get_ydata()), names["history"]["val_loss"])


def shows_penalty_in_evaluation() -> None:
    model = make_model(l2=0.1)
    names = run("penalty-in-evaluation", model=model)
    penalty = 0.1 * float(np.sum(np.square(model.get_weights()[0])))
    assert names["with_penalty"] - names["data_loss"] == pytest.approx(penalty, abs=1e-5)


def shows_data_order() -> None:
    names = run("data-order", y=np.arange(64, dtype="float32")[:, None])
    first, second = (np.concatenate([y.numpy()[:, 0] for _, y in names["data"]]) for _ in range(2))
    assert sorted(first) == sorted(second) == list(range(64))
    assert list(first) != list(second)
    assert max(first - np.arange(64)) > 32  # the last half is in reach from the start


def shows_random_subset() -> None:
    seen: list[tuple[float, ...]] = []

    class Spy(keras.Model):  # type: ignore[misc]  # Keras has no types
        def fit(self, x: np.ndarray, y: np.ndarray, **options: Any) -> None:
            assert len(x) == len(y)
            assert options["shuffle"] is False
            assert options["epochs"] - options["initial_epoch"] == 1
            seen.append(tuple(x[:, 0]))

    names = run("random-subset", model=Spy())
    assert len(set(seen)) == EPOCHS
    assert all(sorted(order) == sorted(names["x"][:, 0]) for order in seen)


def shows_learning_rates() -> None:
    ends = run("learning-rates")["ends"]
    assert list(ends) == [0.0001, 0.001, 0.01, 0.1]
    assert len(set(ends.values())) == 4


def shows_regularisation() -> None:
    names = run("regularisation")
    assert list(names["ends"]) == [0.0, 0.01, 0.1, 1.0]
    assert len(set(names["ends"].values())) == 4
    assert names["model"].losses == []


def shows_initial_weights() -> None:
    first, again, other = run("initial-weights")["losses"]
    assert first == again != other


def shows_sources_of_spread() -> None:
    names = run("sources-of-spread")
    assert np.shape(names["runs"]) == (5, EPOCHS)
    assert len({run[-1] for run in names["runs"]}) == 5
    (line,), (band,) = plt.gca().lines, plt.gca().collections
    np.testing.assert_allclose(np.asarray(line.get_ydata()), np.median(names["runs"], axis=0))
    heights = np.asarray(band.get_paths()[0].vertices)[:, 1]
    assert (heights.min(), heights.max()) == pytest.approx((np.min(names["runs"]), np.max(names["runs"])))


def shows_not_a_flaw() -> None:
    assert len(set(run("not-a-flaw")["ends"])) == 5


def shows_noise_as_cause() -> None:
    names = run("noise-as-cause")
    assert int(names["model"].optimizer.iterations.numpy()) == EPOCHS * 64 // 8
    assert len(names["calmer"]) == 4 * EPOCHS


def shows_how_often() -> None:
    names = run("how-often", epochs=8)
    loss = list(names["loss"])
    assert names["climb"] == max(b - a for i, a in enumerate(loss) for b in loss[i:])


def shows_edge_of_stability() -> None:
    model = make_model()
    model.compile(keras.optimizers.SGD(200.0), "binary_crossentropy")
    assert run("edge-of-stability", model=model, epochs=10)["rises"].any()
    assert not run("edge-of-stability", epochs=10)["rises"].any()


def shows_validation_size() -> None:
    model = make_model()
    model.compile(keras.optimizers.SGD(0.5), "binary_crossentropy", metrics=["accuracy"])
    names = run("validation-size", model=model)
    (band,) = plt.gca().collections
    right = round(32 * names["accuracy"][-1])
    resampled = np.random.default_rng(0).binomial(32, right / 32, size=200_000) / 32
    last = band.get_paths()[0].vertices
    width = np.ptp(last[np.isclose(last[:, 0], EPOCHS), 1])
    assert width == pytest.approx(4 * resampled.std(), rel=0.02)
