"""Where tasks run: in a few local processes, each compiling a program once for all the tasks that share it."""

import contextlib
import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from generator.errors import GeneratorError
from generator.running import conditions
from generator.running.store import Store
from generator.spec import Task

#: A task and the key of its result.
KeyedTask = tuple[Task, str]


def compute(store: Store, tasks: Sequence[KeyedTask], workers: int, done: Callable[[], None]) -> None:
    """Put the result of every task into the store; `done` is called as each is finished."""
    with contextlib.ExitStack() as stack:
        futures: list[Future[None]] = []
        for share in _shares(tasks, workers):
            pool = ProcessPoolExecutor(
                max_workers=1, mp_context=multiprocessing.get_context("spawn"), initializer=_start_worker
            )
            stack.enter_context(_stopping(pool))
            futures += [pool.submit(compute_one, store.root, task, key) for task, key in share]
        try:
            for future in as_completed(futures):
                future.result()
                done()
        except BrokenProcessPool as error:
            raise GeneratorError("expected every worker to finish, found one killed (out of memory?)") from error


def compute_one(root: Path, task: Task, key: str) -> None:
    """Compute one task into the store, unless another process has done so meanwhile."""
    store = Store(root=root)
    with store.computing(key):
        if store.read(key) is None:
            start = time.perf_counter()
            store.write(key, conditions.resolve(task.function)(task.parameters, task.replicates))
            store.write_seconds(key, time.perf_counter() - start)


def _shares(tasks: Sequence[KeyedTask], workers: int) -> list[list[KeyedTask]]:
    """Deal the tasks out: those of one program together, the costliest group first to whom has least."""
    groups: dict[str, list[KeyedTask]] = {}
    for task, key in tasks:
        groups.setdefault(conditions.affinity(task), []).append((task, key))
    shares: list[list[KeyedTask]] = [[] for _ in range(min(workers, len(tasks)))]
    for group in sorted(groups.values(), key=_cost, reverse=True):
        min(shares, key=_cost).extend(group)
    return [share for share in shares if share]


def _cost(group: Sequence[KeyedTask]) -> float:
    return sum(conditions.cost(task) for task, _ in group)


def _start_worker() -> None:
    # Ctrl-C reaches the whole process group; only the parent answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextlib.contextmanager
def _stopping(pool: ProcessPoolExecutor) -> Iterator[None]:
    """Leave no process behind, and wait for none that was interrupted."""
    try:
        yield
    except BaseException:
        for process in list((pool._processes or {}).values()):
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
