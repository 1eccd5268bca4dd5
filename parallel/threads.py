"""Many small jobs over threads, and how far they are."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import islice
from typing import Any

import torch

from parallel.progress import progress

AHEAD = 4  # items per thread that wait to be worked on or to be taken


def over_threads(
    function: Callable, items: Sequence[Any], jobs: int, doing: str, unit: str, each: int = 1
) -> list:
    """`function` of every item, in order, over `jobs` threads.

    each: how many of `unit` an item is. (libsndfile works outside the interpreter lock.) The error
    of the first item that has one is raised. Whatever ends the work, Ctrl-C included, what was not
    begun is given up and no thread runs any more when this returns or raises.
    """
    before = torch.get_num_threads()
    # The jobs fill the cores; where each spreads over all of them, they wait for one another.
    torch.set_num_threads(1)
    try:
        one_by_one = (function(item) for item in items)
        outcomes = one_by_one if jobs == 1 else _in_order(function, items, jobs)
        done = []
        with closing(outcomes), progress(doing, each * len(items), unit) as more:
            for outcome in outcomes:
                done.append(outcome)
                more(each)
        return done
    finally:
        torch.set_num_threads(before)


def _in_order(function: Callable, items: Sequence[Any], jobs: int) -> Iterator[Any]:
    """What `function` makes of the items, with a few of them under way ahead of the one yielded."""
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
        # A thread that is still in native code when the interpreter ends makes the process abort.
        pool.shutdown(wait=True, cancel_futures=True)
