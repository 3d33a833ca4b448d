"""Keras models of the experiments, as functions of plain parameters."""

import keras


def dense_network(
    *, features: int = 10, hidden: int = 64, activation: str = "relu", classes: int = 2, l2: float | None = None
) -> keras.Model:
    """The article's network: one hidden layer and a sigmoid output (a softmax for more than two classes).

    `l2` penalises both kernels; `None` leaves the regulariser out, as the first two examples do.
    """
    outputs = 1 if classes == 2 else classes
    return keras.Sequential(
        [
            keras.layers.Input((features,)),
            keras.layers.Dense(hidden, activation=activation, kernel_regularizer=_l2(l2)),
            keras.layers.Dense(
                outputs, activation="sigmoid" if classes == 2 else "softmax", kernel_regularizer=_l2(l2)
            ),
        ]
    )


def _l2(strength: float | None) -> keras.regularizers.Regularizer | None:
    return None if strength is None else keras.regularizers.L2(strength)
