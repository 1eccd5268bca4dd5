"""Ogg: pages, and the links of a chained file. Only the headers of pages are read."""

from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

HEAD = 27  # bytes before the segment table
BEGINS, ENDS = 2, 4  # flags of a page


@dataclass(frozen=True)
class Link:
    """One link, a logical stream by itself: bytes `begin` to `stop`.

    ended: its last page is present, with the end-of-stream flag.
    """

    begin: int
    stop: int
    ended: bool


class Page(NamedTuple):
    """A page of `length` bytes; serial: the number of its stream."""

    flags: int
    serial: bytes
    length: int


def links(file: BinaryIO, size: int) -> list[Link]:
    """The links of an Ogg `file` of `size` bytes; a chained file has several."""
    chain: list[Link] = []
    open_streams: set[bytes] = set()
    begin = position = 0
    in_head = True  # within the first pages of the streams of a link
    while position < size and (page := _page(file, position)):
        is_first = bool(page.flags & BEGINS)
        if is_first and not in_head:
            chain.append(Link(begin, position, ended=not open_streams))
            begin = position
            open_streams = set()
        in_head = is_first
        if is_first:
            open_streams.add(page.serial)
        position += page.length
        if page.flags & ENDS and position <= size:
            open_streams.discard(page.serial)
    if position:
        chain.append(Link(begin, size, ended=not open_streams))
    return chain


def _page(file: BinaryIO, position: int) -> Page | None:
    """The page at `position`; None where no page begins there."""
    file.seek(position)
    head = file.read(HEAD + 255)
    if head[:4] != b"OggS" or len(head) < HEAD:
        return None
    segments = head[26]
    content = sum(head[HEAD : HEAD + segments])
    return Page(flags=head[5], serial=head[14:18], length=HEAD + segments + content)
