"""The setting that rows 1, 2 and 6 share: the article's network, at the lower of its two learning rates."""

from generator.spec import Condition, call

EXAMPLES, FEATURES, HIDDEN, BATCH_SIZE, EPOCHS = 1000, 10, 64, 32, 10

CONDITION = Condition(
    model=call("generator.training.models:dense_network", features=FEATURES, hidden=HIDDEN),
    optimizer=call("keras.optimizers:Adam", learning_rate=0.001),
    data=call("generator.training.datasets:random_labels", train=EXAMPLES, test=0),
    batch_size=BATCH_SIZE,
    epochs=EPOCHS,
)
