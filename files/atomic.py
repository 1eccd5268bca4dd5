"""Files appear whole or not at all."""

import errno
import os
import tempfile
from pathlib import Path

TEMPORARY_PREFIX = ".unfinished-"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_at_work: set[str] = set()  # files that threads of this process are writing
_UMASK = os.umask(0o022)  # asking means setting: once, at import, before any thread runs
os.umask(_UMASK)


def write_atomic(path: str | Path, content: bytes | str) -> None:
    """Write `content` to `path`; no reader ever sees a part of it.

    Text is written as UTF-8, and names of files in it as their bytes. The folder is made where it
    is missing. Raises OSError (a full disk, no permission) naming `path`, with the unfinished file
    removed; what stood at `path` before then still stands.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        # A name of a file that is no UTF-8 is written as the bytes that it is.
        content = content.encode(errors="surrogateescape")
    handle, unfinished = tempfile.mkstemp(prefix=TEMPORARY_PREFIX, dir=path.parent)
    _at_work.add(unfinished)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(unfinished).chmod(0o666 & ~_UMASK)
        Path(unfinished).replace(path)
    except OSError as error:
        Path(unfinished).unlink(missing_ok=True)
        remedy = "make room" if error.errno in FULL else "check the path and its permissions"
        raise OSError(
            error.errno, f"{error.strerror}; {remedy} and run again", str(path)
        ) from error
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
    finally:
        _at_work.discard(unfinished)


def drop_unfinished() -> None:
    """Remove what threads of this process are writing, which is about to end without them."""
    for unfinished in list(_at_work):
        Path(unfinished).unlink(missing_ok=True)


def clear_unfinished(folder: str | Path) -> None:
    """Remove what a killed process left unfinished in `folder` (not in folders below it)."""
    for leftover in Path(folder).glob(f"{TEMPORARY_PREFIX}*"):
        leftover.unlink(missing_ok=True)
