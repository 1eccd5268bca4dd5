"""Work over processes: what they hold, how they begin, and what their end costs."""

import os
import signal

import numpy as np
import pytest

from parallel.apart import Apart
from parallel.children import ENDING
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


def _blocked(_):
    return {number for number in ENDING if number in signal.pthread_sigmask(signal.SIG_BLOCK, [])}


def test_processes_begin_with_signals_blocked_that_their_parent_takes():
    assert list(over_processes(2)(_blocked, range(4))) == [{*ENDING}] * 4
    assert _blocked(0) == set()


def _ends_at_three(number):
    if number == 3:
        os._exit(7)
    return number


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_ends_its_process_is_done_again_apart_and_nothing_else_is_lost(jobs):
    apart = Apart()

    def again(function, item):
        try:
            return apart(function, item)
        except ChildProcessError as error:
            return str(error)

    results = list(over_processes(jobs, again)(_ends_at_three, range(20)))
    others = [number for number in range(20) if number != 3]
    assert "its process ended with status 7" in results
    assert sorted(one for one in results if isinstance(one, int)) == others
