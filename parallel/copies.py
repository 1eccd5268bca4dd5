"""Runs many jobs in forked copies of this process, which share all that it has loaded."""

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Any

import torch

from parallel.children import end_with_parent
from parallel.threads import AHEAD

REMEDY = "the same command with jobs=1 goes on in one process"
# Other systems lack fork, or fork is not safe: children then begin as new processes.
START = "fork" if sys.platform == "linux" else "spawn"


_SHARED: list[Any] = []  # in a copy: the shared object


def over_copies(count: int, function: Callable, shared: Any, items: Iterable) -> Iterator[Any]:
    """The results of `function(shared, item)` for all items, in order of completion.

    `count` processes with one thread each compute them, and end with this process. Forked processes
    begin at once, with `shared` and all loaded modules. `function` must not begin threads, because
    a fork does not copy those of this process. Only a few items are taken ahead. When this raises
    or is closed, all processes have ended. Raises ChildProcessError if a process was killed.
    """
    executor = ProcessPoolExecutor(
        count,
        multiprocessing.get_context(START),
        initializer=_begin,
        initargs=(os.getpid(), shared),
    )
    before = set(multiprocessing.active_children())
    left = iter(items)

    def submitted(number: int) -> set[Future]:
        return {executor.submit(_of_shared, function, item) for item in islice(left, number)}

    copies = set()
    try:
        running = submitted(AHEAD * count)
        copies = set(multiprocessing.active_children()) - before
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            running |= submitted(len(done))
            for future in done:
                yield future.result()
    except BrokenProcessPool as error:
        problem = f"one of {count} processes has ended, as where memory is short; {REMEDY}"
        raise ChildProcessError(problem) from error
    except BaseException:
        for copy in copies:  # the caller takes no more results
            copy.terminate()
        raise
    finally:
        executor.shutdown(cancel_futures=True)


def _begin(parent: int, shared: Any) -> None:
    end_with_parent(parent)
    torch.set_num_threads(1)  # a fork lacks the other threads of PyTorch
    _SHARED.append(shared)


def _of_shared(function: Callable, item: Any) -> Any:
    return function(_SHARED[0], item)
