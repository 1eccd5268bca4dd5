"""Folders appear whole or not at all."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from files.owner import OWNER, owned


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """An empty folder to fill, which takes the place of `folder` when the block ends.

    It lies beside `folder`, on the same disk. Where the block fails, the old folder stays. The
    unfinished folder of a killed process is removed first. Raises ValueError where another process
    is filling a new folder for `folder`.
    """
    folder = folder.resolve()
    stage = folder.with_name(f".{folder.name}.unfinished")
    with owned(stage):
        new, old = stage / "new", stage / "old"
        if old.exists() and not _holds_something(folder):  # killed between two renames
            old.rename(folder)
        try:
            _clear(stage)
            new.mkdir()
            yield new
            _exchange(folder, new, old)
        finally:
            _clear(stage)


def _holds_something(folder: Path) -> bool:
    return folder.exists() and any(folder.iterdir())


def _exchange(folder: Path, new: Path, old: Path) -> None:
    if not folder.exists():
        new.rename(folder)
        return
    folder.rename(old)
    try:
        new.rename(folder)
    except BaseException:
        old.rename(folder)
        raise


def _clear(stage: Path) -> None:
    for left in stage.iterdir():
        if left.name != OWNER:
            shutil.rmtree(left, ignore_errors=True)
