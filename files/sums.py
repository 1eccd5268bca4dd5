"""Files with their checksums beside them."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from files.atomic import write_atomic

SUMS = "SHA256SUMS"  # in the format of `sha256sum -c SHA256SUMS`
ENCODING = {"encoding": "utf-8", "errors": "surrogateescape"}  # names of files may be any bytes
_SUM = re.compile(r"([0-9a-f]{64}) [ *](.+)")


class TableError(ValueError):
    """A table is unusable. problem: its fault, without the remedy."""

    def __init__(self, problem: str, remedy: str):
        super().__init__(f"{problem}; {remedy}")
        self.problem = problem


def copy_tables(source: Path, target: Path, names: tuple[str, ...], remedy: str) -> None:
    """Copy files with their checksums; raises for a damaged file as `summed_content` does."""
    contents = {name: summed_content(source / name, remedy) for name in names}
    write_summed(target, contents)


def write_summed(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write files by name, and their checksums to SHA256SUMS beside them.

    During the writing, SHA256SUMS names only the files that do not change.
    """
    before = sums_in(folder, strict=False)
    after = dict(before)
    for name, content in contents.items():
        after[name] = sum_of(content)
    lasting = {name: value for name, value in before.items() if after[name] == value}
    if lasting != before:
        _write_sums(folder, lasting)
    for name, content in contents.items():
        write_atomic(folder / name, content)
    _write_sums(folder, after)


def note_sum(path: Path) -> None:
    """Write the checksum of the file at `path`, which may be large, to SHA256SUMS beside it."""
    _write_sums(path.parent, {**sums_in(path.parent, strict=False), path.name: _sum_of_file(path)})


def require_sum(path: Path, remedy: str) -> None:
    """Raise TableError where the file at `path` differs from its checksum in SHA256SUMS, if any."""
    written = sums_in(path.parent, strict=False).get(path.name)
    if written not in (None, _sum_of_file(path)):
        raise TableError(f"{path}: its checksum is not that in {SUMS}", remedy)


def _sum_of_file(path: Path) -> str:
    """The SHA-256 of the file at `path`, which is read in pieces, see `sum_of`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_sums(folder: Path, sums: Mapping[str, str]) -> None:
    lines = ""
    for name, value in sorted(sums.items()):
        lines += f"{value}  {name}\n"
    write_atomic(folder / SUMS, lines)


def sum_of(content: bytes) -> str:
    """The SHA-256 of `content`, 64 hex digits."""
    return hashlib.sha256(content).hexdigest()


def sums_in(folder: Path, strict: bool = True) -> dict[str, str]:
    """The checksums in SHA256SUMS, by the names of files.

    Raises ValueError for any other line; without `strict` such lines are ignored.
    """
    path = folder / SUMS
    if not path.is_file():
        return {}
    *lines, rest = path.read_text(**ENCODING).split("\n")
    matches = [_SUM.fullmatch(line) for line in lines]
    if strict and (rest or None in matches):
        raise ValueError(f"{path}: is not a list of checksums")
    return {match[2]: match[1] for match in matches if match}


def summed_content(path: Path, remedy: str) -> bytes:
    """The bytes of the file at `path`, compared with its checksum in SHA256SUMS, if any.

    Raises FileNotFoundError for a missing file, and TableError for other bytes; both messages end
    in `remedy`.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file; {remedy}")
    content = path.read_bytes()
    sums = path.parent / SUMS
    try:
        written = sums_in(path.parent).get(path.name)
    except ValueError as error:
        remedy = f"{remedy}, or remove {sums} where the tables are as they should be"
        raise TableError(str(error), remedy) from None
    if written not in (None, sum_of(content)):
        problem = f"{path}: {_likely(content)}, its checksum is not that in {SUMS}"
        remedy = f"{remedy}, or remove {sums} where the change was meant"
        raise TableError(problem, remedy)
    return content


def _likely(content: bytes) -> str:
    """The probable cause of a change of a file since it was written."""
    if not content:
        return "is empty"
    if content.endswith(b"\n"):
        return "has changed since it was written"
    return "is cut short or has changed"
