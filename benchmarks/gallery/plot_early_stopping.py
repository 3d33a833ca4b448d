"""
A penalty and early stopping
============================

An L2 penalty on both kernels, a fifth of the examples held out, and training ends when they stop improving.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np

rng = np.random.default_rng(0)
inputs, labels = rng.random((1000, 10)), rng.integers(0, 2, 1000)

penalty = keras.regularizers.L2(0.01)
network = keras.Sequential(
    [
        keras.Input((10,)),
        keras.layers.Dense(64, activation="relu", kernel_regularizer=penalty),
        keras.layers.Dense(1, activation="sigmoid", kernel_regularizer=penalty),
    ]
)
network.compile(keras.optimizers.Adam(0.001), loss="binary_crossentropy", metrics=["accuracy"])
stopping = keras.callbacks.EarlyStopping(monitor="val_loss", patience=3, restore_best_weights=True)
fitted = network.fit(inputs, labels, batch_size=32, epochs=20, validation_split=0.2, callbacks=[stopping], verbose=0)
curves = fitted.history

# %%
# Loss and accuracy by epoch, in training and in validation.

figure, panels = plt.subplots(ncols=2, figsize=(9, 4), layout="constrained")
for panel, name in zip(panels, ("loss", "accuracy"), strict=True):
    panel.plot(curves[name], label="training")
    panel.plot(curves[f"val_{name}"], label="validation")
    panel.set(xlabel="epoch", ylabel=name)
panels[0].legend()
plt.show()
