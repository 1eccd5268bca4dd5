"""Tags beside the audio of a file: ID3v2 before it, ID3v1, APEv2 and Lyrics3 after it."""

import struct
from typing import BinaryIO


def after_tags(file: BinaryIO, position: int, size: int) -> int:
    """The first byte at or after `position` that belongs to no tag."""
    while position < size:
        length = _tag_length(file, position)
        if length == 0:
            break
        position += length
    return min(position, size)


def _tag_length(file: BinaryIO, position: int) -> int:
    """The length in bytes of the tag at `position`; 0 where no tag begins there."""
    file.seek(position)
    head = file.read(32)
    if head[:3] == b"ID3" and len(head) >= 10:
        return _id3_length(head)
    if head[:3] == b"TAG":
        return 128
    if head[:8] == b"APETAGEX" and len(head) == 32:
        length, _, flags = struct.unpack("<III", head[12:24])
        has_header = flags & 0x20000000
        return length + 32 if has_header else length
    return 0


def _id3_length(head: bytes) -> int:
    """The length in bytes of an ID3v2 tag; its size field has four digits of 7 bits."""
    length = 0
    for digit in head[6:10]:
        length = length << 7 | digit
    has_footer = head[5] & 0x10
    return 10 + length + 10 if has_footer else 10 + length
