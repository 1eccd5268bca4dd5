"""A lock on a file; it is released when its process ends, even if killed."""

import errno
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The errors of file systems without locks.
NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)


@contextmanager
def locked(path: str | Path, wait: bool = True) -> Iterator[bool]:
    """Hold the lock of the file at `path`; the file is made where it is missing, and stays.

    Yields False where the file system has no locks (some network disks): then no lock is held.
    Where another process holds the lock, this waits for it; without `wait` it raises
    BlockingIOError.
    """
    with Path(path).open("a") as file:
        yield take(file.fileno(), wait)


def take(handle: int, wait: bool = False) -> bool:
    """Lock the open file `handle` until it is closed; False where its file system has no locks.

    Raises BlockingIOError where another process holds the lock and `wait` is off.
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
