"""
Batches of 8 and of 256
=======================

The same network and data, in small and in large batches.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np

rng = np.random.default_rng(0)
inputs, labels = rng.random((1000, 10)), rng.integers(0, 2, 1000)

curves = {}
for batch_size in (8, 256):
    network = keras.Sequential(
        [keras.Input((10,)), keras.layers.Dense(64, activation="relu"), keras.layers.Dense(1, activation="sigmoid")]
    )
    network.compile(keras.optimizers.Adam(0.001), loss="binary_crossentropy", metrics=["accuracy"])
    curves[batch_size] = network.fit(inputs, labels, batch_size=batch_size, epochs=10, verbose=0).history

# %%
# Loss and accuracy by epoch.

figure, panels = plt.subplots(ncols=2, figsize=(9, 4), layout="constrained")
for panel, name in zip(panels, ("loss", "accuracy"), strict=True):
    for batch_size, history in curves.items():
        panel.plot(range(1, 11), history[name], label=f"batches of {batch_size}")
    panel.set(xlabel="epoch", ylabel=name)
panels[0].legend()
plt.show()
