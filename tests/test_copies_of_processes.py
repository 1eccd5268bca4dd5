"""Copies of a process have what it has loaded, and end when nobody takes their results."""

import multiprocessing
import os
import time

import pytest

from parallel import copies
from parallel.copies import AHEAD, over_copies

LOADED = []


def _loaded(shared, item):
    return shared + item, len(LOADED), os.getpid()


def _ends(_, item):
    if item == "dies":
        os._exit(1)
    time.sleep(60)


def test_all_items_come_back_from_other_processes_that_have_what_this_one_has(monkeypatch):
    monkeypatch.setattr(copies, "START", "fork")
    monkeypatch.setitem(globals(), "LOADED", [1, 2, 3])
    items = list(over_copies(2, _loaded, 100, range(10)))
    assert sorted(item for item, _, _ in items) == list(range(100, 110))
    assert {count for _, count, _ in items} == {3}
    processes = {process for _, _, process in items}
    assert os.getpid() not in processes and len(processes) <= 2


def test_a_copy_that_dies_ends_the_others_and_is_an_error():
    others = multiprocessing.active_children()
    with pytest.raises(ChildProcessError, match=r"one of 2 processes has ended, .* jobs=1"):
        list(over_copies(2, _ends, None, ["waits", "dies"]))
    assert {*multiprocessing.active_children()} <= {*others}


def test_copies_end_where_no_more_results_are_taken():
    others = multiprocessing.active_children()
    results = over_copies(2, _loaded, 0, [1, 2, 3, 4])
    next(results)
    results.close()
    assert {*multiprocessing.active_children()} <= {*others}


def test_items_are_taken_as_results_are():
    items = iter(range(1000))
    results = over_copies(2, _loaded, 0, items)
    next(results)
    assert next(items) <= 4 * AHEAD
    results.close()
