"""A process that comes to hold much goes on."""

import os

import numpy as np

from parallel.spread import over_processes

HELD = []


def _holds(megabytes):
    from joblib.externals.loky import process_executor

    HELD.append(np.ones(megabytes * 2**17))  # float64
    process_executor._MEMORY_LEAK_CHECK_DELAY = 0  # loky looks after every item
    return os.getpid()


def test_a_process_that_comes_to_hold_much_is_not_replaced():
    sizes = [1, 1, 400, 400, 1, 1, 1, 1]
    processes = list(over_processes(2)(_holds, sizes))
    assert len(processes) == len(sizes) and len({*processes}) <= 2
