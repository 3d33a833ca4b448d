"""The reference: one model after the other, by `model.fit`."""

import json
import sys
import time

import keras
import numpy as np

from benchmarks.article import BATCH_SIZE, EPOCHS, EXAMPLES, FEATURES, HIDDEN
from benchmarks.child import serve

_rng = np.random.default_rng(0)
_x, _y = _rng.random((EXAMPLES, FEATURES)), _rng.integers(0, 2, EXAMPLES)


def fresh_model() -> keras.Model:
    """The article's network, compiled."""
    hidden, output = keras.layers.Dense(HIDDEN, activation="relu"), keras.layers.Dense(1, activation="sigmoid")
    model = keras.Sequential([keras.Input((FEATURES,)), hidden, output])
    model.compile(keras.optimizers.Adam(0.001), loss="binary_crossentropy", metrics=["accuracy"])
    return model


def fit(model: keras.Model) -> float:
    """Seconds that one training run takes."""
    start = time.perf_counter()
    model.fit(_x, _y, batch_size=BATCH_SIZE, epochs=EPOCHS, verbose=0)
    return time.perf_counter() - start


def serve_second_fits() -> None:
    """`prepare` makes a model and fits it a first time; `fit` fits the same one again."""
    model = fresh_model()

    def repetition(what: str) -> float:
        nonlocal model
        if what == "prepare":
            keras.utils.clear_session()
            model = fresh_model()
        return fit(model)

    serve(repetition)


def first_fits(count: int) -> list[float]:
    """Seconds for each of several fresh models, made and fitted once."""
    seconds = []
    for _ in range(count):
        start = time.perf_counter()
        fit(fresh_model())
        seconds.append(time.perf_counter() - start)
    return seconds


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(first_fits(int(sys.argv[1]))))
    else:
        serve_second_fits()
