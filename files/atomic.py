"""Files appear whole or not at all."""

import errno
import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from files.lock import take

TEMPORARY_PREFIX = ".unfinished-"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_at_work: set[str] = set()  # files that threads of this process are writing
_UMASK = os.umask(0o022)  # reading the mask sets it: so once, before any thread runs
os.umask(_UMASK)


@contextmanager
def appearing(path: str | Path) -> Iterator[Path]:
    """A file to fill, which takes the place of `path` when the block ends.

    It lies beside `path`; a missing folder is made. Raises OSError (a full disk, no permission)
    with `path`. Where the block fails, the new file is removed and the old file at `path` stays.
    """
    path = Path(path)
    handle, unfinished = None, None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(prefix=_begin(path), dir=path.parent)
        _at_work.add(unfinished)
        take(handle, wait=True)  # while the lock is held, no process removes the file
        yield Path(unfinished)
        Path(unfinished).chmod(0o666 & ~_UMASK)
        Path(unfinished).replace(path)
    except OSError as error:
        remedy = "make room" if error.errno in FULL else "check the path and its permissions"
        raise OSError(
            error.errno, f"{error.strerror}; {remedy} and run again", str(path)
        ) from error
    finally:
        if unfinished is not None:  # after the replacement its file is gone
            Path(unfinished).unlink(missing_ok=True)
            _at_work.discard(unfinished)
            os.close(handle)


def _begin(path: Path) -> str:
    """The name of the unfinished file of `path`, without its random end."""
    return f"{TEMPORARY_PREFIX}{zlib.crc32(os.fsencode(path.name)):08x}-"


def write_atomic(path: str | Path, content: bytes | str) -> None:
    """Write `content` to `path`; no reader ever sees a part of it.

    Text is written as UTF-8; the names of files in it keep their bytes. Raises OSError as
    `appearing` does.
    """
    if isinstance(content, str):
        # The name of a file may be invalid UTF-8; its bytes are written.
        content = content.encode(errors="surrogateescape")
    with appearing(path) as unfinished:
        unfinished.write_bytes(content)


def drop_unfinished() -> None:
    """Remove the files that threads of this process are writing; the process is about to end."""
    for unfinished in list(_at_work):
        Path(unfinished).unlink(missing_ok=True)


def clear_unfinished(folder: str | Path) -> None:
    """Remove unfinished files of killed processes from `folder`, but not from its subfolders."""
    _clear(Path(folder), TEMPORARY_PREFIX)


def clear_unfinished_of(path: str | Path) -> None:
    """Remove only the unfinished files of killed processes for `path`."""
    path = Path(path)
    _clear(path.parent, _begin(path))


def _clear(folder: Path, begin: str) -> None:
    for leftover in folder.glob(f"{begin}*"):
        if not _is_written(leftover):
            leftover.unlink(missing_ok=True)


def _is_written(unfinished: Path) -> bool:
    """Whether a process is writing the file."""
    try:
        with unfinished.open("rb") as file:
            take(file.fileno())
    except FileNotFoundError:  # it has just been finished
        return False
    except (BlockingIOError, PermissionError):  # being written, or owned by another user
        return True
    return False
