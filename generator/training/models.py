"""Keras models of the experiments, as functions of plain parameters."""

import keras


def dense_network(
    *,
    features: int = 10,
    hidden: int = 64,
    layers: int = 1,
    activation: str = "relu",
    classes: int = 2,
    l2: float | None = None,
) -> keras.Model:
    """The article's network: one hidden layer and a sigmoid output (a softmax for more than two classes).

    `l2` penalises every kernel; `None` leaves the regulariser out, as the first two examples do. With another number
    of hidden `layers` it is deeper, or, with none, logistic regression.
    """
    outputs = 1 if classes == 2 else classes
    return keras.Sequential(
        [
            keras.layers.Input((features,)),
            *(keras.layers.Dense(hidden, activation=activation, kernel_regularizer=_l2(l2)) for _ in range(layers)),
            keras.layers.Dense(
                outputs, activation="sigmoid" if classes == 2 else "softmax", kernel_regularizer=_l2(l2)
            ),
        ]
    )


def regression_network(
    *,
    features: int,
    hidden: int,
    layers: int,
    outputs: int,
    activation: str = "linear",
    spread: float | None = None,
    bias: bool = True,
) -> keras.Model:
    """Equal hidden layers and a linear output; with linear layers, a product of matrices (Saxe et al. 2014).

    Initial kernels are normal with standard deviation `spread` / sqrt(inputs of the layer), or Keras' own.
    """
    kernel = "glorot_uniform" if spread is None else _normal(spread)
    shapes = [(hidden, activation)] * layers + [(outputs, "linear")]
    return keras.Sequential(
        [
            keras.layers.Input((features,)),
            *(keras.layers.Dense(n, activation=a, kernel_initializer=kernel, use_bias=bias) for n, a in shapes),
        ]
    )


def _normal(spread: float) -> keras.initializers.Initializer:
    return keras.initializers.VarianceScaling(spread**2, mode="fan_in", distribution="untruncated_normal", seed=0)


def _l2(strength: float | None) -> keras.regularizers.Regularizer | None:
    return None if strength is None else keras.regularizers.L2(strength)
