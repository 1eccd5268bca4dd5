"""Ownership of a folder: one process at a time writes to it.

A second process is refused at once, so the files of two processes are never mixed.
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

OWNER = ".owner"  # names the owner; removed at its end, unlocked after its death
READY = "ready"  # key in OWNER: the first process of a job has prepared for the others
PATIENCE_S = 1.0  # to wait for a lock, which a process that only checks it holds for a moment
BEGIN_S = 60.0  # within which the first of several processes of a job must own the folder


@contextmanager
def owned(folder: Path, job: str = "") -> Iterator[Callable[[], None]]:
    """Own `folder` while the block runs; it is made where missing, and removed if it stays empty.

    job: the name of the job of this process, for `joined`. Yields a function; its call lets the
    other processes of the job continue, see `await_ready`. Raises ValueError with the owner where
    another process owns `folder`.
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
        # Remove it before the lock is released: a file found later belongs to another process.
        (folder / OWNER).unlink(missing_ok=True)
        os.close(handle)
        with suppress(OSError):
            folder.rmdir()


def joined(folder: Path, job: str, begin_s: float = BEGIN_S) -> None:
    """Wait until the first process of `job` owns `folder`.

    The other processes of the job call this, and then work in the folder too. Raises ValueError
    where a process of another job owns it, or where no process does within `begin_s` seconds.
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
    """Wait until the first process of `job`, which owns `folder`, is ready.

    Raises ValueError where that process ends before it is ready.
    """
    seen = time.monotonic()
    while not (works(folder, job) and _owner(folder).get(READY)):
        if works(folder, job):
            seen = time.monotonic()
        elif time.monotonic() - seen > PATIENCE_S:
            raise ValueError(f"{folder}: the first process of this job has ended; see what it says")
        time.sleep(0.1)


def works(folder: Path, job: str) -> bool:
    """Whether the first process of `job` owns `folder` and is running."""
    owner = _owner(folder)
    return owner.get("job") == job and _is_held(folder, owner)


def is_owned(folder: Path) -> bool:
    """Whether a running process owns `folder`."""
    return _is_held(folder, _owner(folder))


def _taken(folder: Path) -> int:
    """The handle of the owner's file, locked; raises ValueError where another process keeps it."""
    until = time.monotonic() + PATIENCE_S
    while True:
        with suppress(FileNotFoundError):  # an owner that ends has just removed the folder
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
        # Otherwise it was a folder that another process has removed, or removed and made again.
        if folder.is_file():
            raise FileExistsError(f"{folder}: is a file; choose another folder") from None


def _taken_now(folder: Path) -> int | None:
    """The handle of the owner's file, locked; None where another process owns `folder`."""
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
    """Lock `handle`, open on the owner's file; whether it is locked and still is that file."""
    try:
        locked = take(handle)
    except BlockingIOError:
        return False
    if not locked and _is_held(folder, _owner(folder)):
        return False
    try:  # the previous owner may have removed the file
        standing = (folder / OWNER).stat()
    except FileNotFoundError:
        return False
    return os.path.samestat(os.fstat(handle), standing)


def _is_held(folder: Path, owner: Mapping[str, Any]) -> bool:
    """Whether the owner is running.

    Without locks its process number decides; an owner on another machine counts as running.
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
    """The entry of the owner of `folder`; {} where it has no owner."""
    try:
        content = json.loads((folder / OWNER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # no owner, or an owner that has not written its entry yet
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
