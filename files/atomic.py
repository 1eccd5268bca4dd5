"""Files appear whole or not at all."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    unfinished = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(prefix=TEMPORARY_PREFIX, dir=path.parent)
        os.close(handle)
        _at_work.add(unfinished)
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
    for leftover in Path(folder).glob(f"{TEMPORARY_PREFIX}*"):
        leftover.unlink(missing_ok=True)
