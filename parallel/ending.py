"""Handles the signals that end this process: at once, or where the work can be interrupted."""

import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

# Seconds for the work to end. A container runtime allows 10 s, SLURM allows a job 30 s.
PATIENCE_S = 8
EVERY_S = 0.1  # seconds between checks of the process on whose end this one waits
# Warnings before the end: the sender sends another signal when time is up.
WARNINGS = [getattr(signal, name) for name in ("SIGUSR1", "SIGUSR2") if hasattr(signal, name)]


def never() -> bool:
    """False, for a process that waits for no other."""
    return False


def silent(number: int) -> str:
    """An empty message on a signal."""
    return ""


class Ending:
    """A signal handler that raises the exception `interrupt(number)` at the first signal.

    Work that can end only at certain points calls `defer`. Then the handler raises nothing, but
    stores the signal in `number`, and the work checks `number`. The handler ends a process that has
    not ended PATIENCE_S seconds after the signal. Deferred work has no such limit after a warning
    (WARNINGS).
    """

    def __init__(self, interrupt: Callable[[int], BaseException]):
        self.interrupt = interrupt
        self.process = os.getpid()
        self.number: int | None = None
        self._timed = False
        self.release()

    def defer(
        self, last_line: Callable[[int], str] = silent, is_over: Callable[[], bool] = never
    ) -> None:
        """Raise nothing from now on.

        last_line: the message on a signal that is printed where PATIENCE_S runs out. is_over:
        whether another process, on whose end this process waits, has ended; this process then ends.
        """
        self._deferred = True
        self._last_line = last_line
        self._is_over = is_over

    def release(self) -> None:
        """Raise again from now on."""
        self._deferred = False
        self._last_line = silent
        self._is_over = never

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Handle the signal `number`."""
        forked = os.getpid() != self.process  # a child that has just begun
        if forked:
            return
        first = self.number is None
        if first:
            self.number = number
            warnings.simplefilter("ignore")  # libraries warn when they are interrupted
        is_warning = self._deferred and number in WARNINGS
        if not is_warning and not self._timed:
            self._timed = True
            self._watch(number, PATIENCE_S)
        elif first:
            self._watch(number, float("inf"))
        if first and not self._deferred:
            raise self.interrupt(number)

    def _watch(self, number: int, patience_s: float) -> None:
        """End this process after `patience_s` seconds, or with the process that it waits for."""
        until = time.monotonic() + patience_s

        def watch() -> None:
            while time.monotonic() < until and not self._is_over():
                time.sleep(EVERY_S)
            line = self._last_line(number)
            if line:
                print(line, file=sys.stderr, flush=True)
            os._exit(128 + number)

        threading.Thread(target=watch, daemon=True).start()


def current() -> Ending | None:
    """The signal handler of this process, if it is an `Ending`."""
    for number in (signal.SIGTERM, signal.SIGINT):
        handler = signal.getsignal(number)
        if isinstance(handler, Ending):
            return handler
    return None


@contextmanager
def deferred() -> Iterator[Callable[[], int | None]]:
    """Defer signals in the block; yields a function that gives the signal's number or None."""
    ending = current()
    if ending:
        ending.defer()
    try:
        yield lambda: ending.number if ending else None
    finally:
        if ending:
            ending.release()
