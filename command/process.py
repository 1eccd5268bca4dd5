"""A script as a process among others: its standard streams, and the signals that end it."""

import atexit
import codecs
import contextlib
import io
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

from files.atomic import drop_unfinished
from parallel.children import ENDING, PARENT, end_with_parent, terminate_after
from parallel.ending import WARNINGS, Ending

RANKS = ("RANK", "LOCAL_RANK", "SLURM_PROCID")  # what tells the processes of one training apart
AGAIN = "run the same command again to go on"


class Ended(KeyboardInterrupt):
    """A signal ended the script. remedy: how to go on; where: at what point of the work."""

    def __init__(self, number: int = signal.SIGINT, remedy: str = AGAIN, where: str = ""):
        if number == signal.SIGINT:
            what = "interrupted"
        else:
            what = f"ended by {signal.Signals(number).name}"
        at = f" {where}" if where else ""
        super().__init__(f"{what}{at}; {remedy}")
        self.number = number

    @property
    def status(self) -> int:
        """The exit status, as shells have it."""
        return 128 + self.number


def is_first() -> bool:
    """Whether this process is the one of a training that prints."""
    for name in RANKS:
        if name in os.environ:
            return os.environ[name] == "0"
    return True


@contextlib.contextmanager
def signals() -> Iterator[None]:
    """Within it, what would end this process without a word raises Ended in the main thread.

    Once, see `Ending`: what comes after that is ignored. A signal that was ignored before (nohup)
    stays so. A process that a training has launched for another device leaves all of them to the
    first one, and ends with it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # who calls a script from a thread has signals of his own
        return
    if _is_launched():
        end_with_parent(os.getppid())
    # Of a process that was killed, joblib's tracker clears up what is left, and would tell a
    # terminal of it.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker")
    before = _default_handlers()
    end = Ending(Ended)
    for number in before:
        signal.signal(number, end)
    if os.environ.get(PARENT) == str(os.getppid()):
        terminate_after(os.getppid())
    try:
        yield
    except SystemExit as left:
        if end.number is not None:
            _leave(left.code)
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def at_the_end() -> Iterator[None]:
    """Around all that a script does: what it does, it has done when a warning comes after it.

    Python takes a second to end, and a job of SLURM whose time limit is near would seem to have
    been killed in it.
    """
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            for number in WARNINGS:
                signal.signal(number, signal.SIG_IGN)


def _is_launched() -> bool:
    """Whether a training started this process for one of its devices: above it is the first one.

    torchrun starts all of them alike.
    """
    return os.environ.get("LOCAL_RANK", "0") != "0" and "TORCHELASTIC_RUN_ID" not in os.environ


def _default_handlers() -> dict[int, Any]:
    """Handlers of the signals that end this process, by number, where nobody has set another."""
    handlers = {}
    for number in ENDING:
        handler = signal.getsignal(number)
        if handler in (signal.SIG_DFL, signal.default_int_handler):
            handlers[number] = handler
    return handlers


def _leave(code: int | str | None) -> None:
    """End this process, as SystemExit(code) would, while threads of it are at work.

    Python would tear them out of the code of C++, and abort.
    """
    if isinstance(code, str):
        print(code, file=sys.stderr)
    status = 1 if isinstance(code, str) else code or 0
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    atexit._run_exitfuncs()
    drop_unfinished()
    os._exit(status)


def in_utf8() -> None:
    """Where the locale knows nothing but ASCII, start the script anew in Python's UTF-8 mode.

    Python takes that mode by itself in such a locale, unless it was told not to; names of files and
    people, in tables and on pages, would else be what they are not.
    """
    encoding = codecs.lookup(sys.getfilesystemencoding())
    if encoding.name == "ascii" and os.environ.get("PYTHONUTF8") != "1":
        os.environ["PYTHONUTF8"] = "1"
        arguments = sys.orig_argv[1:]
        os.execv(sys.executable, [sys.executable, *arguments])


def streams() -> None:
    """Make the standard streams fit to work with, whatever this process was given.

    A descriptor that is closed becomes /dev/null, so that no file of ours gets its number. Text
    that the locale cannot write is written as escapes. Where nobody reads on, or a disk is full,
    what is said is dropped: the work goes on.
    """
    _open_if_closed(0, os.O_RDONLY)
    _open_if_closed(1, os.O_WRONLY)
    _open_if_closed(2, os.O_WRONLY)
    if sys.stdin is None:
        # For as long as the process lives.
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123
    for name, number in (("stdout", 1), ("stderr", 2)):
        stream = getattr(sys, name)
        original = getattr(sys, f"__{name}__")
        lasts_already = isinstance(getattr(stream, "buffer", None), _Buffer)
        if stream is original and not lasts_already:
            setattr(sys, name, _lasting(stream, number))


def _open_if_closed(number: int, mode: int) -> None:
    """Make a descriptor that is closed one of /dev/null; those below `number` are open."""
    try:
        os.fstat(number)
    except OSError:
        lowest_free = os.open(os.devnull, mode)  # this is `number`
        os.set_inheritable(lowest_free, True)


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
    """A text stream to the descriptor `number` that outlives its reader; else it is as `stream`."""
    buffer = _Buffer(_Descriptor(number, "w", closefd=False))
    if stream is None:
        return io.TextIOWrapper(buffer, encoding="utf-8", errors="backslashreplace")
    stream.flush()
    return io.TextIOWrapper(
        buffer,
        encoding=stream.encoding,
        errors="backslashreplace",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
