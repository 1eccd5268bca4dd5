"""Runs many jobs in forked copies of this process, which share all that it has loaded."""

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any

from parallel.children import end_with_parent

# Other systems lack fork, or fork is not safe: children then begin as new processes.
START = "fork" if sys.platform == "linux" else "spawn"


_SHARED: list[Any] = []  # in a copy: the shared object


def over_copies(count: int, function: Callable, shared: Any, items: Iterable) -> Iterator[Any]:
    """The results of `function(shared, item)` for all items, in order of completion.

    `count` processes compute them, and end with this process. Forked processes begin at once, with
    `shared` and all loaded modules. `function` must then use a single thread, because a fork does
    not copy the other threads.
    """
    executor = ProcessPoolExecutor(
        count,
        multiprocessing.get_context(START),
        initializer=_begin,
        initargs=(os.getpid(), shared),
    )
    before = set(multiprocessing.active_children())
    running = [executor.submit(_of_shared, function, item) for item in items]
    copies = set(multiprocessing.active_children()) - before
    try:
        for done in as_completed(running):
            yield done.result()
    except BaseException:
        for copy in copies:  # the caller takes no more results
            copy.terminate()
        raise
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


def _begin(parent: int, shared: Any) -> None:
    end_with_parent(parent)
    _SHARED.append(shared)


def _of_shared(function: Callable, item: Any) -> Any:
    return function(_SHARED[0], item)
