"""Ogg: pages, and the links of a chain, each a stream of its own. Only page headers are read."""

from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

HEAD = 27  # bytes before the segment table
BEGINS, ENDS = 2, 4  # flags of a page


@dataclass(frozen=True)
class Link:
    """Bytes `begin` to `stop` of one link.

    ended: its last page is there and says that it is the last.
    """

    begin: int
    stop: int
    ended: bool


class Page(NamedTuple):
    """A page of `length` bytes that belongs to the stream with the number `serial`."""

    flags: int
    serial: bytes
    length: int


def links(file: BinaryIO, size: int) -> list[Link]:
    """The links of an Ogg `file` of `size` bytes; several where streams were joined (a chain)."""
    chain: list[Link] = []
    open_streams: set[bytes] = set()
    begin = position = 0
    in_head = True  # among the pages that begin the streams of a link
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
    """The page at `position`; None where there is none."""
    file.seek(position)
    head = file.read(HEAD + 255)
    if head[:4] != b"OggS" or len(head) < HEAD:
        return None
    segments = head[26]
    content = sum(head[HEAD : HEAD + segments])
    return Page(flags=head[5], serial=head[14:18], length=HEAD + segments + content)
