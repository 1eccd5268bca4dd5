"""Checksums of the tables in a folder, as `sha256sum -c SHA256SUMS` reads them."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from files.atomic import write_atomic

SUMS = "SHA256SUMS"
ENCODING = {"encoding": "utf-8", "errors": "surrogateescape"}  # names of files may be any bytes
_SUM = re.compile(r"([0-9a-f]{64}) [ *](.+)")


def sum_of(content: bytes) -> str:
    """The checksum of what a file holds."""
    return hashlib.sha256(content).hexdigest()


def read_sums(folder: Path, strict: bool = True) -> dict[str, str]:
    """The checksums in `folder`, by the name of the file.

    Raises ValueError where the list is none; unless `strict`, what can be read of it is taken.
    """
    path = folder / SUMS
    text = path.read_text(**ENCODING) if path.is_file() else ""
    found = [_SUM.fullmatch(line) for line in text.split("\n")[:-1]]
    if strict and (None in found or (text and not text.endswith("\n"))):
        raise ValueError(f"{path}: is not a list of checksums")
    return {match[2]: match[1] for match in found if match}


def write_sums(folder: Path, sums: Mapping[str, str]) -> None:
    """Write the checksums of `folder`, whole or not at all."""
    write_atomic(folder / SUMS, "".join(f"{value}  {name}\n" for name, value in sorted(sums.items())))
