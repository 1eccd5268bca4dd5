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
_UMASK = os.umask(0o022)  # asking means setting: once, at import, before any thread runs
os.umask(_UMASK)


@contextmanager
def appearing(path: str | Path) -> Iterator[Path]:
    """A file to fill, which takes the place of `path` when the block ends.

    It lies beside `path`, whose folder is made where it is missing. Raises OSError (a full disk, no
    permission) naming `path`. Where the block fails the file is removed, and what stood at `path`
    before still stands.
    """
    path = Path(path)
    handle, unfinished = None, None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(prefix=_begin(path), dir=path.parent)
        _at_work.add(unfinished)
        take(handle, wait=True)  # while it is held, nobody clears the file away
        yield Path(unfinished)
        Path(unfinished).chmod(0o666 & ~_UMASK)
        Path(unfinished).replace(path)
    except OSError as error:
        remedy = "make room" if error.errno in FULL else "check the path and its permissions"
        raise OSError(
            error.errno, f"{error.strerror}; {remedy} and run again", str(path)
        ) from error
    finally:
        if unfinished is not None:  # after a replacement there is none
            Path(unfinished).unlink(missing_ok=True)
            _at_work.discard(unfinished)
            os.close(handle)


def _begin(path: Path) -> str:
    """How what becomes `path` is called until it is finished, a random end aside."""
    return f"{TEMPORARY_PREFIX}{zlib.crc32(os.fsencode(path.name)):08x}-"


def write_atomic(path: str | Path, content: bytes | str) -> None:
    """Write `content` to `path`; no reader ever sees a part of it.

    Text is written as UTF-8, and names of files in it as their bytes. Raises OSError as `appearing`
    does.
    """
    if isinstance(content, str):
        # A name of a file that is no UTF-8 is written as the bytes that it is.
        content = content.encode(errors="surrogateescape")
    with appearing(path) as unfinished:
        unfinished.write_bytes(content)


def drop_unfinished() -> None:
    """Remove what threads of this process are writing, which is about to end without them."""
    for unfinished in list(_at_work):
        Path(unfinished).unlink(missing_ok=True)


def clear_unfinished(folder: str | Path) -> None:
    """Remove what a killed process left unfinished in `folder` (not in folders below it)."""
    _clear(Path(folder), TEMPORARY_PREFIX)


def clear_unfinished_of(path: str | Path) -> None:
    """Remove what a killed process left unfinished of the file at `path`, and nothing else."""
    path = Path(path)
    _clear(path.parent, _begin(path))


def _clear(folder: Path, begin: str) -> None:
    for leftover in folder.glob(f"{begin}*"):
        if not _is_written(leftover):
            leftover.unlink(missing_ok=True)


def _is_written(unfinished: Path) -> bool:
    """Whether another process is at work on it."""
    try:
        with unfinished.open("rb") as file:
            take(file.fileno())
    except FileNotFoundError:  # it has just been finished
        return False
    except (BlockingIOError, PermissionError):  # at work, or another user's
        return True
    return False
