"""Many small jobs over threads, with a progress bar."""

from collections.abc import Callable, Sequence
from typing import Any

import joblib
import torch
from tqdm import tqdm


def over_threads(function: Callable, items: Sequence[Any], jobs: int, doing: str, unit: str) -> list:
    """`function` of every item, in order, over `jobs` threads: libsndfile works outside the interpreter lock.

    The first error of a job is raised.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # the jobs fill the cores; where each spreads over all of them, they wait for one another
    try:
        tasks = (joblib.delayed(function)(item) for item in items)
        outcomes = joblib.Parallel(n_jobs=jobs, prefer="threads", return_as="generator")(tasks)
        return list(tqdm(outcomes, doing, len(items), unit=unit, leave=False, disable=None))
    finally:
        torch.set_num_threads(before)
