"""A child process ends with its parent, and before it only when the parent says so."""

import os
import signal
import threading
import time

from parallel.processes import is_process

EVERY_S = 0.5  # how often a child looks for its parent
PARENT = "CLARION_PARENT"  # names the process after which this one is to be told to end
NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGXCPU")
# What a terminal or a scheduler sends to all processes of a job in order to end it, as far as this
# system knows it.
ENDING = tuple(getattr(signal, name) for name in NAMES if hasattr(signal, name))


def end_with_parent(parent: int) -> None:
    """Make this child of the process `parent` end within a second after that one is gone.

    In whatever way it went. A signal that ends a whole group of processes is left to the parent,
    which knows how to end: here it is ignored, but for a SIGTERM that comes from the parent. To be
    called by a child's main thread, at its beginning.
    """
    # Not on macOS: SIGTERM then ends a child, whoever sent it.
    waits = hasattr(signal, "sigtimedwait")
    for number in ENDING:
        if number != signal.SIGTERM or waits:
            signal.signal(number, signal.SIG_IGN)
    if waits:  # what is blocked is kept for the one that waits for it, though it be ignored
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    watch = threading.Thread(target=_watch, args=(parent, os.getppid(), waits), daemon=True)
    watch.start()


def _watch(parent: int, above: int, waits: bool) -> None:
    """End this process once `parent` is gone or says so; waits: a SIGTERM can be waited for."""
    # Above a child stands its parent, or a server that forked it for that one and ends with it.
    while os.getppid() == above and is_process(parent):
        if not waits:
            time.sleep(EVERY_S)
            continue
        received = signal.sigtimedwait({signal.SIGTERM}, EVERY_S)
        if received and received.si_pid == parent:
            break
    os._exit(0)


def told_to_end_after(parent: int) -> None:
    """Send this child SIGTERM once `parent`, which started it, is gone: it ends as it does then."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(EVERY_S)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
