"""Ways in which a table is damaged, and what must then be said."""

import os
from pathlib import Path

import pytest

DAMAGES = {
    "empty": lambda text: b"",
    "garbled": lambda text: os.urandom(len(text)),
    "cut at the end of a row": lambda text: b"".join(text.splitlines(True)[:-1]),
    "cut within a row": lambda text: text[:-9],
    "of semicolons": lambda text: text.replace(b",", b";"),
    "of tabs": lambda text: text.replace(b",", b"\t"),
    "with a row twice": lambda text: text + text.splitlines(True)[-1],
    "with a column more": lambda text: text.replace(b"\n", b",\n"),
    "with a digit changed": lambda text: text.replace(b"0", b"1", 1),
}
SILENT = ("cut at the end of a row", "with a digit changed")  # nothing but a checksum tells


def damage(path: Path, kind: str) -> None:
    path.write_bytes(DAMAGES[kind](path.read_bytes()))


def refused(work, *told: str) -> str:
    with pytest.raises((ValueError, OSError)) as caught:
        work()
    assert "\n" not in str(caught.value)
    for words in told:
        assert words in str(caught.value)
    return str(caught.value)
