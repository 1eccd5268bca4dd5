"""The signals that end this process: at once, or where the work under way can be ended."""

import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

# For what is under way to come to its end; a container is given 10 s, a job of SLURM 30 s.
PATIENCE_S = 8
EVERY_S = 0.1  # how often a process looks whether the one that ends for it has ended
# Word of an end to come: whoever gives it sends another signal when time is up.
WARNINGS = [getattr(signal, name) for name in ("SIGUSR1", "SIGUSR2") if hasattr(signal, name)]


def never() -> bool:
    """No."""
    return False


def silent(number: int) -> str:
    """Nothing to say of a signal."""
    return ""


class Ending:
    """A handler of signals that raises what `interrupt` makes of their number, once.

    Work that can end at certain points alone asks for that by `defer`: the signal is then noted
    here, `number`, for the work to look at. A process that has not ended in PATIENCE_S is ended;
    to work that looks by itself a warning (WARNINGS) sets no such limit.
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

        last_line: what is said of a signal where patience ends. is_over: whether another process
        has ended, which ends for this one too: then this one ends.
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
        """Take in the signal `number`."""
        forked = os.getpid() != self.process  # a child that has just begun
        if forked:
            return
        first = self.number is None
        if first:
            self.number = number
            warnings.simplefilter("ignore")  # what libraries say of being interrupted
        is_warning = self._deferred and number in WARNINGS
        if not is_warning and not self._timed:
            self._timed = True
            self._watch(number, PATIENCE_S)
        elif first:
            self._watch(number, float("inf"))
        if first and not self._deferred:
            raise self.interrupt(number)

    def _watch(self, number: int, patience_s: float) -> None:
        """End this process once `patience_s` is at its end, or the process that it waits for is."""
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
    """What handles the signals of this process, where that is an `Ending`."""
    for number in (signal.SIGTERM, signal.SIGINT):
        handler = signal.getsignal(number)
        if isinstance(handler, Ending):
            return handler
    return None


@contextmanager
def deferred() -> Iterator[Callable[[], int | None]]:
    """Within it a signal raises nothing; yields what tells the number of one that came, or None."""
    ending = current()
    if ending:
        ending.defer()
    try:
        yield lambda: ending.number if ending else None
    finally:
        if ending:
            ending.release()
