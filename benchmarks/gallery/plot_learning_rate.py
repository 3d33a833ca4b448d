"""
A high learning rate
====================

Adam at a learning rate of 0.1, on inputs and labels without any relation.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np

rng = np.random.default_rng(0)
inputs, labels = rng.random((1000, 10)), rng.integers(0, 2, 1000)

network = keras.Sequential(
    [keras.Input((10,)), keras.layers.Dense(64, activation="relu"), keras.layers.Dense(1, activation="sigmoid")]
)
network.compile(keras.optimizers.Adam(0.1), loss="binary_crossentropy", metrics=["accuracy"])
curves = network.fit(inputs, labels, batch_size=32, epochs=10, verbose=0).history

# %%
# Loss and accuracy by epoch.

figure, panels = plt.subplots(ncols=2, figsize=(9, 4), layout="constrained")
for panel, name in zip(panels, ("loss", "accuracy"), strict=True):
    panel.plot(range(1, 11), curves[name])
    panel.set(xlabel="epoch", ylabel=name)
plt.show()
