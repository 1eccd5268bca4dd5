"""Runs many jobs over several processes, with results in order of completion."""

import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import joblib
from joblib.externals.loky import process_executor

from parallel.children import end_with_parent

# Called with a function and its arguments; gives the results in order of completion.
Spread = Callable[[Callable, Iterable], Iterator]


def over_processes(jobs: int) -> Spread:
    """Spreads work over `jobs` processes of this machine, which end with this process.

    Only a few arguments are queued at any time.
    """

    def spread(function: Callable, items: Iterable) -> Iterator[Any]:
        # Processes instead of threads, because PESQ holds the interpreter lock.
        parallel = joblib.Parallel(
            n_jobs=jobs,
            return_as="generator_unordered",
            pre_dispatch="2*n_jobs",
            batch_size=1,
            initializer=_begin,
            initargs=(os.getpid(),),
        )
        results = parallel(joblib.delayed(function)(item) for item in items)
        try:
            for result in results:  # noqa: UP028 - `yield from` would close them first
                yield result
        finally:
            # Ignore messages about results that are no longer wanted.
            with warnings.catch_warnings(action="ignore"):
                results.close()

    return spread


def _begin(parent: int) -> None:
    """The first step of a process."""
    end_with_parent(parent)
    # loky replaces a process that has grown by 300 MB since its first item, as after a late import
    # of PyTorch; the parent may then wait forever.
    process_executor._MAX_MEMORY_LEAK_SIZE = float("inf")
