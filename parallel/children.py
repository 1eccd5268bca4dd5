"""Makes a child process end with its parent, and earlier only at the parent's request."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker

from parallel.processes import is_process

EVERY_S = 0.5  # seconds between a child's checks of its parent
PARENT = "CLARION_PARENT"  # environment variable: the process after which this one must end
NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGXCPU")
# The signals by which a terminal or a scheduler ends all processes of a job, where the system has
# them.
ENDING = tuple(getattr(signal, name) for name in NAMES if hasattr(signal, name))


@contextmanager
def blocked() -> Iterator[None]:
    """Block ENDING in the block; a process that begins in it has them blocked for good.

    New processes import for a second before they call `end_with_parent`. A signal to this process
    waits for the end of the block.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # its beginning would unblock signals again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_with_parent(parent: int) -> None:
    """Make this child of the process `parent` end within a second after its parent, in any case.

    A signal to a whole group of processes is left to the parent, which ends in order. The child
    ignores such signals, except a SIGTERM from its parent. The child's main thread must call this
    at its beginning.
    """
    # macOS lacks sigtimedwait: there SIGTERM from any sender ends a child.
    waits = hasattr(signal, "sigtimedwait")
    for number in ENDING:
        if number != signal.SIGTERM or waits:
            signal.signal(number, signal.SIG_IGN)
    if waits:  # a blocked signal is kept for sigtimedwait, even if ignored
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    watch = threading.Thread(target=_watch, args=(parent, os.getppid(), waits), daemon=True)
    watch.start()


def _watch(parent: int, above: int, waits: bool) -> None:
    """End this process when `parent` ends or sends SIGTERM; waits: sigtimedwait exists."""
    # `above` is the parent, or a fork server of the parent, which ends with it.
    while os.getppid() == above and is_process(parent):
        if not waits:
            time.sleep(EVERY_S)
            continue
        received = signal.sigtimedwait({signal.SIGTERM}, EVERY_S)
        if received and received.si_pid == parent:
            break
    os._exit(0)


def terminate_after(parent: int) -> None:
    """Send SIGTERM to this child once `parent`, which started it, has ended.

    The child then ends as after any SIGTERM.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(EVERY_S)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
