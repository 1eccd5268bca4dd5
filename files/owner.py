"""A folder that one process at a time writes to.

The second is refused at once, not mixed into the first one's work.
"""

import json
import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from files.lock import take
from parallel.processes import is_process

OWNER = ".owner"  # says which process; gone when it ends, free to take when it was killed
READY = "ready"  # in it: the first process of a job has prepared what the others need
PATIENCE_S = 1.0  # with a lock that another process only looks at
BEGIN_S = 60.0  # within which the first of several processes of a job must own the folder


@contextmanager
def owned(folder: Path, job: str = "") -> Iterator[Callable[[], None]]:
    """Own `folder`, made where it is missing, while the block runs; left empty it is removed.

    job: names what this process belongs to, for `joined`. Yields what is called once the others of
    that may go on, for `await_ready`. Raises ValueError, naming the owner,
    where another process owns `folder`.
    """
    handle = _taken(folder)
    try:
        this_process = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": f"{datetime.now():%Y-%m-%d %H:%M:%S}",
            "job": job,
        }
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps(this_process).encode(), 0)
        ready = {**this_process, READY: True}
        yield lambda: os.pwrite(handle, json.dumps(ready).encode(), 0)
    finally:
        # Before it is let go: what another process finds there is its own.
        (folder / OWNER).unlink(missing_ok=True)
        os.close(handle)
        with suppress(OSError):
            folder.rmdir()


def joined(folder: Path, job: str, begin_s: float = BEGIN_S) -> None:
    """Wait until the first process of `job` owns `folder`.

    For those of its processes that work there beside it. Raises ValueError where a process of
    another job owns it, or where nobody does within `begin_s` seconds.
    """
    until = time.monotonic() + begin_s
    while time.monotonic() < until:
        owner = _owner(folder)
        if owner.get("job") == job:
            return
        if owner and _is_held(folder, owner):
            raise ValueError(_refusal(folder, owner))
        time.sleep(0.1)
    raise ValueError(
        f"{folder}: the first process of this job did not begin within {begin_s:g} s; "
        "see what it says"
    )


def await_ready(folder: Path, job: str) -> None:
    """Wait until the first process of `job`, which owns `folder`, says that it is ready.

    Raises ValueError where it ends before that.
    """
    seen = time.monotonic()
    while not (works(folder, job) and _owner(folder).get(READY)):
        if works(folder, job):
            seen = time.monotonic()
        elif time.monotonic() - seen > PATIENCE_S:
            raise ValueError(f"{folder}: the first process of this job has ended; see what it says")
        time.sleep(0.1)


def works(folder: Path, job: str) -> bool:
    """Whether the first process of `job` owns `folder` and lives."""
    owner = _owner(folder)
    return owner.get("job") == job and _is_held(folder, owner)


def is_owned(folder: Path) -> bool:
    """Whether a process that lives owns `folder`."""
    return _is_held(folder, _owner(folder))


def _taken(folder: Path) -> int:
    """The handle that owns `folder`; ValueError where another process keeps it."""
    until = time.monotonic() + PATIENCE_S
    while True:
        with suppress(FileNotFoundError):  # another owner, ending, has just removed the folder
            _make(folder)
            handle = _taken_now(folder)
            if handle is not None:
                return handle
        if time.monotonic() > until:
            raise ValueError(_refusal(folder, _owner(folder)))
        time.sleep(0.05)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        # Otherwise it was a folder, which others removed, or removed and made again, in between.
        if folder.is_file():
            raise


def _taken_now(folder: Path) -> int | None:
    """The handle that owns `folder`; None where another process does."""
    handle = os.open(folder / OWNER, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        if _take(handle, folder):
            return handle
    except BaseException:
        os.close(handle)
        raise
    os.close(handle)
    return None


def _take(handle: int, folder: Path) -> bool:
    """Whether `handle`, which is open on the owner's file, could be locked and still is that."""
    try:
        locked = take(handle)
    except BlockingIOError:
        return False
    if not locked and _is_held(folder, _owner(folder)):
        return False
    try:  # the file may have been removed by the one who owned it before
        standing = (folder / OWNER).stat()
    except FileNotFoundError:
        return False
    return os.path.samestat(os.fstat(handle), standing)


def _is_held(folder: Path, owner: Mapping[str, Any]) -> bool:
    """Whether the owner is there.

    Where there are no locks, its number tells, and on another machine it is taken to be.
    """
    try:
        handle = os.open(folder / OWNER, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        if take(handle):
            return False
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    if not owner:
        return False
    if owner.get("host") != socket.gethostname():
        return True
    return is_process(int(owner["pid"]))


def _owner(folder: Path) -> dict[str, Any]:
    """What the owner of `folder` wrote of itself; nothing where there is none."""
    try:
        content = json.loads((folder / OWNER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # nobody, or somebody who is about to write
    if not isinstance(content, dict):
        return {}
    if not str(content.get("pid", "")).isdigit():
        return {}
    return content


def _refusal(folder: Path, owner: Mapping[str, Any]) -> str:
    who = "unnamed"
    if "host" in owner and "since" in owner:
        who = "process {pid} on {host}, since {since}".format_map(owner)
    return (
        f"{folder}: another process works there ({who}); "
        "wait until it has ended, or choose another output. "
        f"Where it has ended without a trace, remove {folder / OWNER}"
    )
