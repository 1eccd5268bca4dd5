"""MPEG audio (MP3, MP2): frames, the Info frame that counts them, and files that were joined."""

import struct
from dataclasses import dataclass
from typing import BinaryIO

from audio.containers.tags import after_tags

SEARCHED = 65536  # bytes in which the first frame must begin
LONGEST_FRAME = 2881  # bytes
KBPS = {
    (3, 3): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (3, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (3, 1): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 3): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
HZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


@dataclass(frozen=True)
class Link:
    """A stretch of the file that decodes by itself: bytes `begin` to `stop`; counted: an Info frame says how long."""

    begin: int
    stop: int
    counted: bool
    lacking: int = 0


def frame_length(head: bytes) -> int:
    """Bytes of the frame that the 4 bytes `head` begin; 0 where they begin none."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    kbps, hz, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or layer == 0 or kbps in (0, 15) or hz == 3:
        return 0
    rates = KBPS[3, layer] if version == 3 else KBPS[2, 3 if layer == 3 else 2]
    bits, rate = 1000 * rates[kbps - 1], HZ[version][hz]
    if layer == 3:
        return (12 * bits // rate + padding) * 4
    return (72 if layer == 1 and version != 3 else 144) * bits // rate + padding


def first_frame(content: bytes, last: bool) -> int | None:
    """Where in `content` the first frame begins that another one of its kind follows; None where there is none.

    last: the file ends with `content`, so a frame that ends there needs no follower.
    """
    position = content.find(b"\xff")
    while position >= 0:
        head = content[position : position + 4]
        follower = position + frame_length(head)
        if follower > position:
            next_head = content[follower : follower + 4]
            same = (
                frame_length(next_head) and next_head[1] & 0xFE == head[1] & 0xFE and not (next_head[2] ^ head[2]) & 12
            )
            if same or (last and follower == len(content)):
                return position
        position = content.find(b"\xff", position + 1)
    return None


def links(file: BinaryIO, size: int) -> list[Link]:
    """The links of an MPEG `file` of `size` bytes, which is one unless files were joined; none where it is no MPEG."""
    found, position = [], 0
    while (
        position < size
        and (begin := _next_frame(file, position, size, SEARCHED if not found else LONGEST_FRAME)) is not None
    ):
        promised = _promised_bytes(file, begin)
        stop = size if promised is None else min(begin + promised, size)
        lacking = 0 if promised is None else max(0, begin + promised - size)
        # A joined file begins where the link before it ends, with its tags.
        found.append(Link(position if not found else begin, stop, promised is not None, lacking))
        position = stop
    return [Link(link.begin, size, link.counted, link.lacking) for link in found] if len(found) == 1 else found


def _next_frame(file: BinaryIO, position: int, size: int, searched: int) -> int | None:
    position = after_tags(file, position, size)
    file.seek(position)
    content = file.read(searched + 2 * LONGEST_FRAME)
    begin = first_frame(content, position + len(content) >= size)
    return None if begin is None or begin > searched else position + begin


def _promised_bytes(file: BinaryIO, begin: int) -> int | None:
    """Bytes that the Info, Xing or VBRI frame at `begin` promises from there on; None where it is none."""
    file.seek(begin)
    frame = file.read(64)
    for name in (b"Xing", b"Info"):
        place = frame.find(name, 4, 44)
        if place > 0:
            (flags,) = struct.unpack(">I", frame[place + 4 : place + 8].rjust(4, b"\0"))
            field = place + 8 + (4 if flags & 1 else 0)
            return struct.unpack(">I", frame[field : field + 4])[0] or None if flags & 2 else None
    if frame[36:40] == b"VBRI":
        return struct.unpack(">I", frame[46:50])[0] or None
    return None
