"""The training steps alone, on one processor: seconds for the steps of one epoch of 64 replicates."""

import time

from benchmarks.child import serve
from benchmarks.child.pinning import pin
from generator import environment


def main() -> None:
    """Answer each line with the seconds of one epoch."""
    pin()
    environment.apply()
    import numpy as np
    import tensorflow as tf

    from benchmarks.article import BATCH_SIZE, CONDITION, EXAMPLES
    from generator.running.conditions import CHUNK, resolve
    from generator.training.orders import permutations
    from generator.training.replicates import Program
    from generator.training.weights import stacked_initial_weights

    def build() -> object:
        return resolve(CONDITION.model.path)(**CONDITION.model.parameters)

    replicates = range(CHUNK)
    model, optimizer = build(), resolve(CONDITION.optimizer.path)(**CONDITION.optimizer.parameters)
    examples = resolve(CONDITION.data.path)(replicates, **CONDITION.data.parameters)
    program = Program(build(), optimizer, CONDITION.loss, CHUNK)
    program.start(stacked_initial_weights(build, model, replicates), model, optimizer)
    x, y = tf.constant(examples.x), tf.constant(examples.y)
    drawn = np.stack([permutations(r, EXAMPLES, 1)[0] for r in replicates])
    order = np.take_along_axis(examples.train, drawn, axis=1)

    def epoch(_: str) -> float:
        start = time.perf_counter()
        program.epoch(x, y, order, BATCH_SIZE)
        return time.perf_counter() - start

    epoch("")
    serve(epoch)


if __name__ == "__main__":
    main()
