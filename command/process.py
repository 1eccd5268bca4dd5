"""A script as a process among others: its standard streams, and the signals that end it."""

import atexit
import codecs
import contextlib
import io
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from types import FrameType

from files.atomic import drop_unfinished
from parallel.children import ENDING, end_with_parent

PATIENCE_S = 8  # for what is under way to come to its end; a container is given 10 s, a job of SLURM 30 s
RANKS = ("RANK", "LOCAL_RANK", "SLURM_PROCID")  # what tells the processes of one training apart


class Ended(KeyboardInterrupt):
    """A signal ended the script. remedy: how to go on."""

    def __init__(self, number: int = signal.SIGINT, remedy: str = "run the same command again to go on"):
        name = signal.Signals(number).name
        super().__init__(f"{'interrupted' if number == signal.SIGINT else f'ended by {name}'}; {remedy}")
        self.number = number

    @property
    def status(self) -> int:
        """The exit status, as shells have it."""
        return 128 + self.number


def is_first() -> bool:
    """Whether this process is the one of a training's that speaks."""
    return next((os.environ[name] for name in RANKS if name in os.environ), "0") == "0"


@contextlib.contextmanager
def signals() -> Iterator[None]:
    """Within it, what would end this process without a word raises Ended in the main thread instead.

    Once: what comes after that is ignored, and if the process has not ended in PATIENCE_S, it is ended. A signal that
    was ignored before (nohup) stays so. A process that a training has launched for another device leaves all of them to
    the first one, and ends with it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # who calls a script from a thread has signals of his own
        return
    if os.environ.get("LOCAL_RANK", "0") != "0":
        end_with_parent(os.getppid())
    # Of a process that was killed, joblib's tracker clears up what is left, and would tell a terminal of it.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker")
    before = {number: signal.getsignal(number) for number in ENDING}
    ours = [number for number, handler in before.items() if handler in (signal.SIG_DFL, signal.default_int_handler)]
    end = _Ending(ours)
    for number in ours:
        signal.signal(number, end)
    try:
        yield
    except SystemExit as left:
        if end.begun:
            _leave(left.code)
        raise
    finally:
        for number in ours:
            signal.signal(number, before[number])


def _leave(status: int) -> None:
    """End this process while threads of it are at work: Python would tear them out of the code of C++, and abort."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    atexit._run_exitfuncs()
    drop_unfinished()
    os._exit(status)


class _Ending:
    """The handler of the signals `numbers`."""

    def __init__(self, numbers: list[int]):
        self.numbers, self.process, self.begun = numbers, os.getpid(), False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if self.begun or os.getpid() != self.process:  # a child that has just been forked
            return
        self.begun = True
        warnings.simplefilter("ignore")  # what libraries say of being interrupted
        threading.Thread(target=self._at_last, args=(number,), daemon=True).start()
        raise Ended(number)

    @staticmethod
    def _at_last(number: int) -> None:
        time.sleep(PATIENCE_S)
        os._exit(128 + number)


def in_utf8() -> None:
    """Where the locale knows nothing but ASCII, start the script anew in Python's UTF-8 mode.

    Python takes that mode by itself in such a locale, unless it was told not to; names of files and people, in tables
    and on pages, would else be what they are not.
    """
    if codecs.lookup(sys.getfilesystemencoding()).name == "ascii" and os.environ.get("PYTHONUTF8") != "1":
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def streams() -> None:
    """Make the standard streams fit to work with, whatever this process was given.

    A descriptor that is closed becomes /dev/null, so that no file of ours gets its number. Text that the locale cannot
    write is written as escapes. Where nobody reads on, or a disk is full, what is said is dropped: the work goes on.
    """
    for number, mode in ((0, os.O_RDONLY), (1, os.O_WRONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, mode), True)  # it gets the lowest number that is free: this one
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123 - for as long as the process lives
    for name, number in (("stdout", 1), ("stderr", 2)):
        stream = getattr(sys, name)
        if stream is getattr(sys, f"__{name}__") and not isinstance(getattr(stream, "buffer", None), _Buffer):
            setattr(sys, name, _lasting(stream, number))


class _Buffer(io.BufferedWriter):
    """The bytes of a standard stream."""


class _Descriptor(io.FileIO):
    """A descriptor that becomes /dev/null when it cannot be written to any more."""

    def write(self, data: bytes) -> int | None:
        try:
            return super().write(data)
        except OSError:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, self.fileno())
            os.close(null)
            return len(data)


def _lasting(stream: io.TextIOWrapper | None, number: int) -> io.TextIOWrapper:
    if stream is not None:
        stream.flush()
    return io.TextIOWrapper(
        _Buffer(_Descriptor(number, "w", closefd=False)),
        encoding=stream.encoding if stream is not None else "utf-8",
        errors="backslashreplace",
        line_buffering=stream.line_buffering if stream is not None else False,
        write_through=stream.write_through if stream is not None else False,
    )
