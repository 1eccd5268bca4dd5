"""Runs many jobs over several processes, with results in order of completion."""

import os
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import joblib
from joblib.externals.loky import process_executor
from joblib.externals.loky.process_executor import TerminatedWorkerError

from parallel.children import blocked, end_with_parent

# Called with a function and its arguments; gives the results in order of completion.
Spread = Callable[[Callable, Iterable], Iterator]


def over_processes(jobs: int, again: Callable[[Callable, Any], Any] | None = None) -> Spread:
    """Spreads work over `jobs` processes of this machine, which end with this process.

    Only a few arguments are queued at any time. again: takes the function and an argument that was
    under way when a process ended, as by a fault in C code, and gives the result; the rest goes on
    in new processes. With it, a single job does nothing in this process. Without it, such an end is
    raised.
    """

    def spread(function: Callable, items: Iterable) -> Iterator[Any]:
        if again and jobs == 1:
            yield from (again(function, item) for item in items)
            return
        source = _Source(items)
        ended = True
        while ended:
            ended = False
            try:
                for number, result in _results(jobs, function, source):
                    del source.under_way[number]
                    yield result
            except TerminatedWorkerError:
                if again is None:
                    raise
                ended = True
            while source.under_way:
                _, item = source.under_way.popitem()
                yield again(function, item)

    return spread


class _Source:
    """Numbered items. under_way: by number, those that were taken and have no result."""

    def __init__(self, items: Iterable):
        self.under_way: dict[int, Any] = {}
        self._numbered = enumerate(items)
        self._lock = threading.Lock()  # a thread of joblib may still ask when processes have ended

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        return self

    def __next__(self) -> tuple[int, Any]:
        with self._lock:
            number, item = next(self._numbered)
            self.under_way[number] = item
            return number, item


def _results(jobs: int, function: Callable, source: _Source) -> Iterator[tuple[int, Any]]:
    """Number and result of every item, in order of completion."""
    # Processes instead of threads, because PESQ holds the interpreter lock.
    parallel = joblib.Parallel(
        n_jobs=jobs,
        return_as="generator_unordered",
        pre_dispatch="2*n_jobs",
        batch_size=1,
        initializer=_begin,
        initargs=(os.getpid(),),
    )
    with blocked():  # the processes begin now
        results = parallel(joblib.delayed(_numbered)(function, *numbered) for numbered in source)
    try:
        for result in results:  # noqa: UP028 - `yield from` would close them first
            yield result
    finally:
        # Ignore messages about results that are no longer wanted.
        with warnings.catch_warnings(action="ignore"):
            results.close()


def _numbered(function: Callable, number: int, item: Any) -> tuple[int, Any]:
    return number, function(item)


def _begin(parent: int) -> None:
    """The first step of a process."""
    end_with_parent(parent)
    # loky replaces a process that has grown by 300 MB since its first item, as after a late import
    # of PyTorch; the parent may then wait forever.
    process_executor._MAX_MEMORY_LEAK_SIZE = float("inf")
