"""A lock on a file, which a killed process lets go by itself."""

import errno
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What file systems without locks answer.
NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)


@contextmanager
def locked(path: str | Path, wait: bool = True) -> Iterator[bool]:
    """Hold the lock of the file at `path`, which is made where it is missing and stays.

    Yields False where the file system keeps no locks (some network disks): then nothing is held.
    Where another process holds it, that process is waited for, or without `wait` BlockingIOError is
    raised.
    """
    with Path(path).open("a") as file:
        yield take(file.fileno(), wait)


def take(handle: int, wait: bool = False) -> bool:
    """Lock the open file `handle` until it is closed; False where its file system keeps no locks.

    Raises BlockingIOError where another process holds it and `wait` is off.
    """
    how = fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB
    try:
        fcntl.flock(handle, how)
    except OSError as error:
        if error.errno in NO_LOCKS:
            return False
        if isinstance(error, BlockingIOError) or error.errno == errno.EACCES:
            raise BlockingIOError(error.errno, "another process holds it") from error
        raise
    return True
