"""Many jobs over copies of this process, which have all that it has loaded."""

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any

from parallel.children import end_with_parent

# Elsewhere forking is not there, or not safe: children then begin as new processes.
START = "fork" if sys.platform == "linux" else "spawn"


_SHARED: list[Any] = []  # of a copy, from its beginning on


def over_copies(count: int, function: Callable, shared: Any, items: Iterable) -> Iterator[Any]:
    """`function(shared, item)` of all items, as they come, over `count` processes.

    They end with this one. Where processes are forked they begin at once, with `shared` and all
    that is loaded; `function` must then use one thread, for those of this process are not in its
    copies.
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
        for copy in copies:  # whoever asked for the results takes no more of them
            copy.terminate()
        raise
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


def _begin(parent: int, shared: Any) -> None:
    end_with_parent(parent)
    _SHARED.append(shared)


def _of_shared(function: Callable, item: Any) -> Any:
    return function(_SHARED[0], item)
