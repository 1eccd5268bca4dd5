"""Work over threads: its order and its errors."""

import threading
import time
from contextlib import nullcontext

import pytest

from parallel.threads import over_threads


def working() -> list[str]:
    return [
        thread.name
        for thread in threading.enumerate()
        if thread.name.startswith("ThreadPoolExecutor")
    ]


@pytest.mark.parametrize("jobs", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 3, 100])
def test_outcomes_come_in_the_order_of_the_items(jobs, count):
    def slower_at_first(item):
        time.sleep(0.003 if item % 5 == 0 else 0)
        return -item

    assert over_threads(slower_at_first, range(count), jobs, "testing", "item") == [
        -item for item in range(count)
    ]


@pytest.mark.parametrize("jobs", [1, 2, 3])
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_the_first_error_is_raised_when_no_thread_runs_any_more(jobs, error):
    begun = []

    def failing(item):
        begun.append(item)
        time.sleep(0.01)
        if item >= 4:
            raise error(f"item {item}")
        return item

    with pytest.raises(error, match="item 4"):
        over_threads(failing, range(1000), jobs, "testing", "item")
    assert not working() and len(begun) < 20


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_of_whoever_waits_ends_the_threads_too(jobs, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt  # as it would come while the bar is drawn

    monkeypatch.setattr("parallel.threads.progress", lambda *_: nullcontext(interrupted))
    begun = []
    with pytest.raises(KeyboardInterrupt):
        over_threads(begun.append, range(1000), jobs, "testing", "item")
    assert not working() and len(begun) < 20
