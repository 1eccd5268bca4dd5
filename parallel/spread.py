"""Many jobs over processes, results as they come."""

import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import joblib
from joblib.externals.loky import process_executor

from parallel.children import end_with_parent

# A function and its arguments, to its results as they come.
Spread = Callable[[Callable, Iterable], Iterator]


def over_processes(jobs: int) -> Spread:
    """Over `jobs` processes of this machine, which end with this one.

    Few arguments wait for them at any time.
    """

    def spread(function: Callable, items: Iterable) -> Iterator[Any]:
        # Processes: PESQ holds the interpreter lock.
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
            # Ignored: what is said about results that nobody takes any more.
            with warnings.catch_warnings(action="ignore"):
                results.close()

    return spread


def _begin(parent: int) -> None:
    """What a process does first."""
    end_with_parent(parent)
    # loky replaces a process that has come to hold 300 MB more than after its first item, as one
    # does that loads PyTorch later; its parent may then wait for ever.
    process_executor._MAX_MEMORY_LEAK_SIZE = float("inf")
