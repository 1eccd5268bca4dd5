"""Runs many small jobs over threads, with their progress; limits PyTorch to one thread."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import islice
from typing import Any

import torch

from parallel.progress import progress

AHEAD = 4  # items per thread that wait for work, or results that wait for the caller


def over_threads(
    function: Callable, items: Sequence[Any], jobs: int, doing: str, unit: str
) -> list:
    """The results of `function` for every item, in the order of the items, over `jobs` threads.

    libsndfile releases the interpreter lock, so threads suffice. Raises the error of the first item
    that has an error. When this returns or raises, also after Ctrl-C, no thread runs any more, and
    items that had not begun are dropped.
    """
    # The jobs fill the cores. Jobs with several threads each would wait for one another.
    with one_thread():
        one_by_one = (function(item) for item in items)
        outcomes = one_by_one if jobs == 1 else _in_order(function, items, jobs)
        done = []
        with closing(outcomes), progress(doing, len(items), unit) as more:
            for outcome in outcomes:
                done.append(outcome)
                more(1)
        return done


@contextmanager
def one_thread() -> Iterator[None]:
    """Limit PyTorch to one thread in the block."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _in_order(function: Callable, items: Sequence[Any], jobs: int) -> Iterator[Any]:
    """The results of `function` in order; a few items ahead of the yielded result are in work."""
    left = iter(items)
    pool = ThreadPoolExecutor(jobs)
    pending = deque()
    try:
        for item in islice(left, AHEAD * jobs):
            pending.append(pool.submit(function, item))
        while pending:
            outcome = pending.popleft()
            yield outcome.result()
            for item in islice(left, 1):
                pending.append(pool.submit(function, item))
    finally:
        # A thread in native code at the end of the interpreter makes the process abort.
        pool.shutdown(wait=True, cancel_futures=True)
