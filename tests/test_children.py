"""Children end with their parent, whatever ended it, and leave the signals of a group to it."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from parallel import shared_memory
from parallel.shared_memory import workers_that_fit

ROOT = Path(__file__).parent.parent
BEGIN = f"""
import os, signal, subprocess, sys, threading, time
sys.path.insert(0, {str(ROOT)!r})
from parallel.children import end_with_parent
"""
# A child says who it is once it is on its guard; the pipe of its standard output closes when it is
# gone.
FORKED = """
parent = os.getpid()
if os.fork() == 0:
    end_with_parent(parent)
    print(os.getpid(), flush=True)
    time.sleep(60)
    os._exit(7)
"""


def started(code: str) -> tuple[subprocess.Popen, int]:
    """A process with a child, in a group of its own, and the number of the child."""
    process = subprocess.Popen(
        [sys.executable, "-c", BEGIN + code], stdout=subprocess.PIPE, start_new_session=True
    )
    return process, int(process.stdout.readline())


def all_gone(process: subprocess.Popen) -> bool:
    """Whether all that hold the pipe end within 20 s."""
    with process.stdout as pipe:
        return bool(select.select([pipe], [], [], 20)[0]) and pipe.read() == b""


def test_a_child_ends_when_its_parent_is_killed():
    process, _ = started(FORKED + "time.sleep(60)")
    process.kill()
    assert all_gone(process) and process.wait() == -signal.SIGKILL


def test_a_child_leaves_what_is_sent_to_the_group_to_its_parent():
    code = "for number in (1, 2, 10, 15): signal.signal(number, lambda *_: None)\n" + FORKED
    process, child = started(code + "time.sleep(60)")
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
        os.killpg(process.pid, number)
    assert not select.select([process.stdout], [], [], 0.3)[0]
    os.kill(child, 0)  # it lives
    process.kill()
    assert all_gone(process)
    process.wait()


def test_a_parent_can_end_its_child():
    process, _ = started(
        """
parent, child = os.getpid(), os.fork()
if child == 0:
    end_with_parent(parent)
    print(os.getpid(), flush=True)
    time.sleep(60)
time.sleep(0.1)
os.kill(child, signal.SIGTERM)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    )
    assert all_gone(process) and process.wait() == 0


@pytest.mark.parametrize(
    ("free", "workers", "left"),
    [(2**30, 2, 2), (64 * 2**20, 2, 0), (64 * 2**20, 0, 0), (62 * 2**20, 1, 1), (60 * 2**20, 1, 0)],
)
def test_workers_whose_batches_would_fill_the_shared_memory_are_left_out(
    monkeypatch, caplog, free, workers, left
):
    # 10 MB in each of two loaders: 2 batches for every worker and 2 more, and 1 MB besides.
    monkeypatch.setattr(
        shared_memory.shutil,
        "disk_usage",
        lambda _: shared_memory.shutil._ntuple_diskusage(0, 0, free),
    )
    assert workers_that_fit(workers, [10 * 2**20, 5 * 2**20], 1) == left
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == (left < workers)
    assert all("docker run --shm-size=1g" in line and "data.workers=0" in line for line in told)
