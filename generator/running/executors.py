"""Where tasks run: in a few local processes, each compiling a program once for all the tasks that share it."""

import contextlib
import multiprocessing
import signal
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from generator.errors import GeneratorError
from generator.running import conditions
from generator.running.store import Store
from generator.spec import Task
from generator.training.stages import collected

#: A task and the key of its result.
KeyedTask = tuple[Task, str]

#: The stage of what is neither importing nor compiling.
RUNNING = "train"

#: Seconds that tracing and compiling a program takes, about.
COMPILING = 2.0


def compute(
    store: Store,
    tasks: Sequence[KeyedTask],
    workers: int,
    done: Callable[[], None],
    expected: Mapping[str, float] | None = None,
) -> None:
    """Put the result of every task into the store; `done` is called as each is finished.

    `expected` has the seconds that keys may take, where known: what takes longest begins first.
    """
    queue = _Queue(tasks, min(workers, len(tasks)), expected or {})
    running: dict[Future[None], int] = {}
    with contextlib.ExitStack() as stack:
        pools = [stack.enter_context(_worker()) for _ in queue.shares]

        def start(worker: int) -> None:
            following = queue.take(worker)
            if following:
                task, key = following
                running[pools[worker].submit(compute_one, store.root, task, key)] = worker

        try:
            for worker in range(len(pools)):
                start(worker)
            while running:
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    worker = running.pop(future)
                    start(worker)
                    future.result()
                    done()
        except BrokenProcessPool as error:
            raise GeneratorError("expected every worker to finish, found one killed (out of memory?)") from error


class _Queue:
    """Deals tasks out to workers: those of one program together, the longest such group first.

    A worker goes on with what is akin to what it has done, parts of which it has compiled. An idle one takes half of
    what another has before it, where that is worth compiling its program again.
    """

    def __init__(self, tasks: Sequence[KeyedTask], workers: int, expected: Mapping[str, float]) -> None:
        self._expected = expected
        self._unknown = statistics.fmean(expected.values()) if expected else COMPILING
        groups: dict[str, list[KeyedTask]] = {}
        for task, key in tasks:
            groups.setdefault(conditions.affinity(task), []).append((task, key))
        self._groups = sorted(groups.values(), key=self._seconds, reverse=True)
        self.shares: list[list[KeyedTask]] = [[] for _ in range(workers)]
        self._compiled: list[set[str]] = [set() for _ in range(workers)]

    def take(self, worker: int) -> KeyedTask | None:
        """The next task of a worker, or nothing where none is left that it should do."""
        if not self.shares[worker]:
            self.shares[worker] = self._nearest(worker) if self._groups else self._half_of_the_longest()
        return self.shares[worker].pop(0) if self.shares[worker] else None

    def _nearest(self, worker: int) -> list[KeyedTask]:
        """The longest group of those that are most akin to what a worker has compiled and others have not."""
        own = self._compiled[worker]
        elsewhere = set().union(*self._compiled) - own
        kin = [conditions.kinship(group[0][0]) for group in self._groups]
        nearest = min(range(len(kin)), key=lambda place: (kin[place] not in own, kin[place] in elsewhere, place))
        own.add(kin[nearest])
        return self._groups.pop(nearest)

    def _half_of_the_longest(self) -> list[KeyedTask]:
        longest = max(self.shares, key=self._seconds)
        if self._seconds(longest) <= COMPILING:
            return []
        kept = len(longest) // 2
        half = longest[kept:]
        del longest[kept:]
        return half

    def _seconds(self, tasks: Sequence[KeyedTask]) -> float:
        return sum(self._expected.get(key, self._unknown) for _, key in tasks)


def compute_one(root: Path, task: Task, key: str) -> None:
    """Compute one task into the store, unless another process has done so meanwhile."""
    store = Store(root=root)
    with store.computing(key):
        if store.read(key) is None:
            start = time.perf_counter()
            with collected() as seconds:
                arrays = conditions.resolve(task.function)(task.parameters, task.replicates)
            rest = time.perf_counter() - start - sum(seconds.values())
            store.write(key, arrays)
            store.write_seconds(key, {**seconds, RUNNING: rest})


def _start_worker() -> None:
    # Ctrl-C reaches the whole process group; only the parent answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextlib.contextmanager
def _worker() -> Iterator[ProcessPoolExecutor]:
    """A process of its own; none is left behind, and none that was interrupted is waited for."""
    pool = ProcessPoolExecutor(
        max_workers=1, mp_context=multiprocessing.get_context("spawn"), initializer=_start_worker
    )
    try:
        yield pool
    except BaseException:
        for process in list((pool._processes or {}).values()):
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
