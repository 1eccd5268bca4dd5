"""The process of a script: its standard streams, and the signals that end it."""

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

RANKS = ("RANK", "LOCAL_RANK", "SLURM_PROCID")  # they number the processes of one training
AGAIN = "run the same command again to go on"
SPINS = 1000  # times that a waiting thread looks for work before it sleeps; a few microseconds


class Ended(KeyboardInterrupt):
    """A signal ended the script. remedy: the command that continues; where: place in the work."""

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
        """The exit status, as in shells."""
        return 128 + self.number


def is_first() -> bool:
    """Whether this process of a training prints messages."""
    for name in RANKS:
        if name in os.environ:
            return os.environ[name] == "0"
    return True


@contextlib.contextmanager
def signals() -> Iterator[None]:
    """A context in which a signal that would end this process raises Ended in the main thread.

    It raises once, see `Ending`; later signals are ignored. A signal that was ignored before
    (nohup) stays ignored. A process that a training launched for another device leaves all signals
    to the first process, and ends with it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # the caller of a script in a thread handles signals
        return
    if _is_launched():
        end_with_parent(os.getppid())
    # After a killed process, joblib's tracker removes its leftovers and would print this to a
    # terminal.
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
    """A context around a whole script: a warning after its end does not change its exit status.

    Python takes a second to exit, and SLURM would take a job that is warned then for killed.
    """
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            for number in WARNINGS:
                signal.signal(number, signal.SIG_IGN)


def _is_launched() -> bool:
    """Whether a training started this process for one of its devices, as a child of the first.

    torchrun starts all processes alike.
    """
    return os.environ.get("LOCAL_RANK", "0") != "0" and "TORCHELASTIC_RUN_ID" not in os.environ


def _default_handlers() -> dict[int, Any]:
    """The signals that end this process and have no handler yet, with their current handlers."""
    handlers = {}
    for number in ENDING:
        handler = signal.getsignal(number)
        if handler in (signal.SIG_DFL, signal.default_int_handler):
            handlers[number] = handler
    return handlers


def _leave(code: int | str | None) -> None:
    """End this process, as SystemExit(code) would, while its threads still work.

    Python would stop threads in the middle of C++ code, and abort.
    """
    if isinstance(code, str):
        print(code, file=sys.stderr)
    status = 1 if isinstance(code, str) else code or 0
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    atexit._run_exitfuncs()
    drop_unfinished()
    os._exit(status)


def sleep_soon() -> None:
    """Let threads of PyTorch that wait for one another sleep soon; call it before PyTorch loads.

    GNU's OpenMP otherwise lets them look for work 300,000 times first. Where other work shares the
    cores, they keep them from the very threads that they wait for: a script then takes ten times as
    long. The user's own OMP_WAIT_POLICY or GOMP_SPINCOUNT is kept.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", str(SPINS))


def in_utf8() -> None:
    """If the locale supports only ASCII, restart the script in Python's UTF-8 mode.

    Python chooses that mode in such a locale unless told otherwise. Without it, names of files and
    people in tables and on pages would be wrong.
    """
    encoding = codecs.lookup(sys.getfilesystemencoding())
    if encoding.name == "ascii" and os.environ.get("PYTHONUTF8") != "1":
        os.environ["PYTHONUTF8"] = "1"
        arguments = sys.orig_argv[1:]
        os.execv(sys.executable, [sys.executable, *arguments])


def streams() -> None:
    """Make the standard streams usable, whatever this process inherited.

    A closed descriptor becomes /dev/null, so that no file of the script gets its number. Characters
    that the locale cannot encode are escaped. If the reader stops or the disk is full, output is
    dropped and the work goes on.
    """
    _open_if_closed(0, os.O_RDONLY)
    _open_if_closed(1, os.O_WRONLY)
    _open_if_closed(2, os.O_WRONLY)
    if sys.stdin is None:
        # Open as long as the process lives.
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123
    for name, number in (("stdout", 1), ("stderr", 2)):
        stream = getattr(sys, name)
        original = getattr(sys, f"__{name}__")
        lasts_already = isinstance(getattr(stream, "buffer", None), _Buffer)
        if stream is original and not lasts_already:
            setattr(sys, name, _lasting(stream, number))


def _open_if_closed(number: int, mode: int) -> None:
    """Open /dev/null as a closed descriptor; descriptors below `number` are open."""
    try:
        os.fstat(number)
    except OSError:
        lowest_free = os.open(os.devnull, mode)  # equals `number`
        os.set_inheritable(lowest_free, True)


class _Buffer(io.BufferedWriter):
    """The bytes of a standard stream."""


class _Descriptor(io.FileIO):
    """A descriptor that becomes /dev/null once writing to it fails."""

    def write(self, data: bytes) -> int | None:
        try:
            return super().write(data)
        except OSError:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, self.fileno())
            os.close(null)
            return len(data)


def _lasting(stream: io.TextIOWrapper | None, number: int) -> io.TextIOWrapper:
    """A text stream to descriptor `number` that survives its reader, otherwise like `stream`."""
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
