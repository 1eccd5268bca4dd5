"""Tags that are not sound: ID3v2 before it, ID3v1, APEv2 and Lyrics3 after it."""

import struct
from typing import BinaryIO


def after_tags(file: BinaryIO, position: int, size: int) -> int:
    """The first byte from `position` on that no tag covers."""
    while position < size and (length := _tag_length(file, position)):
        position += length
    return min(position, size)


def _tag_length(file: BinaryIO, position: int) -> int:
    file.seek(position)
    head = file.read(32)
    if head[:3] == b"ID3" and len(head) >= 10:
        digits = head[6:10]
        footer = 10 if head[5] & 0x10 else 0
        return 10 + footer + (digits[0] << 21 | digits[1] << 14 | digits[2] << 7 | digits[3])
    if head[:3] == b"TAG":
        return 128
    if head[:8] == b"APETAGEX" and len(head) == 32:
        length, _, flags = struct.unpack("<III", head[12:24])
        return length + (32 if flags & 0x20000000 else 0)
    return 0
