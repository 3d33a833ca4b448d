"""Where tasks run when one machine is too small: the workers of a Dask cluster, which need no shared disk."""

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from generator import environment
from generator.errors import GeneratorError
from generator.running.conditions import resolve
from generator.running.executors import KeyedTask
from generator.running.store import Store
from generator.spec import Task

#: Workers that may die under one task before the task is blamed.
_RETRIES = 3

#: Seconds to wait for a scheduler.
_PATIENCE_SECONDS = 20


def compute(store: Store, tasks: Sequence[KeyedTask], address: str, done: Callable[[], None]) -> None:
    """Put the result of every task into the store; `done` is called as each is finished.

    Dask computes the tasks of a worker that dies on another one.
    """
    distributed = _distributed()
    try:
        client = distributed.Client(address, timeout=_PATIENCE_SECONDS)
    except (OSError, TimeoutError, ValueError) as error:
        raise GeneratorError(f"expected a Dask scheduler at {address}, found: {error}") from error
    with client:
        keys = {client.submit(compute_here, task, key=key, retries=_RETRIES): key for task, key in tasks}
        try:
            for future, arrays in distributed.as_completed(keys, with_results=True):
                store.write(keys[future], arrays)
                done()
        except distributed.KilledWorker as error:
            raise GeneratorError(f"expected workers to live through a task, found: {error}") from error


def compute_here(task: Task) -> dict[str, np.ndarray]:
    """A task's arrays, on a worker whose settings make them the same as anywhere."""
    if environment.apply():
        raise GeneratorError("expected a worker started by `generator worker`, found one with other settings")
    arrays: dict[str, np.ndarray] = resolve(task.function)(task.parameters, task.replicates)
    return arrays


def work(address: str) -> None:
    """Be a worker of the cluster until its scheduler goes away or the process is interrupted.

    One task at a time, as a task keeps a processor busy; start as many workers as there are processors.
    """
    asyncio, distributed = importlib.import_module("asyncio"), _distributed()

    async def run() -> None:
        async with distributed.Nanny(address, nthreads=1, death_timeout=_PATIENCE_SECONDS) as nanny:
            await nanny.finished()

    try:
        asyncio.run(run())
    except (OSError, TimeoutError, ValueError) as error:
        raise GeneratorError(f"expected a Dask scheduler at {address}, found: {error}") from error


def _distributed() -> Any:
    try:
        return importlib.import_module("distributed")
    except ImportError as error:
        raise GeneratorError("expected the package distributed (pip install '.[dask]'), found none") from error
