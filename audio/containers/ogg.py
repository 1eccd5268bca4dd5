"""Ogg: pages, and the links of a chain, each a stream of its own. Only page headers are read."""

from dataclasses import dataclass
from typing import BinaryIO

HEAD = 27  # bytes before the segment table
BEGINS, ENDS = 2, 4  # flags of a page


@dataclass(frozen=True)
class Link:
    """Bytes `begin` to `stop` of one link; ended: its last page is there and says that it is the last."""

    begin: int
    stop: int
    ended: bool


def links(file: BinaryIO, size: int) -> list[Link]:
    """The links of an Ogg `file` of `size` bytes, in order; several where streams were joined (a chain)."""
    found: list[Link] = []
    position, begin, open_streams, in_head = 0, 0, set(), True
    while position < size and (page := _page(file, position)):
        flags, serial, length = page
        if flags & BEGINS and not in_head:
            found.append(Link(begin, position, not open_streams))
            begin, open_streams = position, set()
        in_head = bool(flags & BEGINS)
        open_streams |= {serial} if in_head else set()
        if flags & ENDS and position + length <= size:
            open_streams.discard(serial)
        position += length
    return [*found, Link(begin, size, not open_streams)] if position else []


def _page(file: BinaryIO, position: int) -> tuple[int, bytes, int] | None:
    """Flags, serial number and length of the page at `position`; None where there is none."""
    file.seek(position)
    head = file.read(HEAD + 255)
    if head[:4] != b"OggS" or len(head) < HEAD:
        return None
    segments = head[26]
    return head[5], head[14:18], HEAD + segments + sum(head[HEAD : HEAD + segments])
