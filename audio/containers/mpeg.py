"""MPEG audio (MP3, MP2): its frames, the Info frame that counts them, and concatenated files."""

import struct
from dataclasses import dataclass, replace
from typing import BinaryIO

from audio.containers.tags import after_tags

SEARCHED = 65536  # the first frame must begin within so many bytes
LONGEST_FRAME = 2881  # bytes
MPEG_1, MPEG_2, MPEG_2_5 = 3, 2, 0  # codes in a frame's header
LAYER_1, LAYER_2, LAYER_3 = 3, 2, 1
KBPS = {
    (MPEG_1, LAYER_1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (MPEG_1, LAYER_2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (MPEG_1, LAYER_3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (MPEG_2, LAYER_1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (MPEG_2, LAYER_2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
HZ = {
    MPEG_1: (44100, 48000, 32000),
    MPEG_2: (22050, 24000, 16000),
    MPEG_2_5: (11025, 12000, 8000),
}


@dataclass(frozen=True)
class Link:
    """A part of the file that decodes by itself: bytes `begin` to `stop`.

    counted: an Info frame gives its length. lacking: the number of promised bytes that are missing.
    """

    begin: int
    stop: int
    counted: bool
    lacking: int = 0


def frame_length(head: bytes) -> int:
    """The length in bytes of the frame with the 4 header bytes `head`; 0 for no such header."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    version = _bits(head, 11, 2)
    layer = _bits(head, 13, 2)
    kbps = _bits(head, 16, 4)
    hz = _bits(head, 20, 2)
    padding = _bits(head, 22, 1)
    if version == 1 or layer == 0 or kbps in (0, 15) or hz == 3:
        return 0
    bits = 1000 * _bit_rates(version, layer)[kbps - 1]
    rate = HZ[version][hz]
    if layer == LAYER_1:
        return (12 * bits // rate + padding) * 4
    if layer == LAYER_3 and version != MPEG_1:
        return 72 * bits // rate + padding
    return 144 * bits // rate + padding


def _bits(head: bytes, first: int, count: int) -> int:
    """The number in `count` bits of the 4 bytes `head`, from bit `first` on."""
    word = int.from_bytes(head[:4])
    shift = 32 - first - count
    return word >> shift & (1 << count) - 1


def _bit_rates(version: int, layer: int) -> tuple[int, ...]:
    """The bit rates in kbit/s that a frame's header numbers from 1 on."""
    if version == MPEG_1:
        return KBPS[MPEG_1, layer]
    if layer == LAYER_1:
        return KBPS[MPEG_2, LAYER_1]
    return KBPS[MPEG_2, LAYER_2]


def first_frame(content: bytes, last: bool) -> int | None:
    """The place in `content` of the first frame that a frame of its kind follows; None without one.

    last: the file ends with `content`, so a frame that ends there needs no follower.
    """
    position = content.find(b"\xff")
    while position >= 0:
        head = content[position : position + 4]
        follower = position + frame_length(head)
        if follower > position:
            ends_file = last and follower == len(content)
            if ends_file or _are_alike(head, content[follower : follower + 4]):
                return position
        position = content.find(b"\xff", position + 1)
    return None


def _are_alike(head: bytes, next_head: bytes) -> bool:
    """Whether `next_head` is a frame header of the same version, layer and sample rate."""
    if not frame_length(next_head):
        return False
    is_layer_alike = next_head[1] & 0xFE == head[1] & 0xFE
    is_rate_alike = next_head[2] & 12 == head[2] & 12
    return is_layer_alike and is_rate_alike


def links(file: BinaryIO, size: int) -> list[Link]:
    """The links of an MPEG `file` of `size` bytes: one, or several in concatenated files.

    The list is empty where the file is not MPEG audio.
    """
    chain = []
    position = 0
    while position < size:
        searched = LONGEST_FRAME if chain else SEARCHED
        begin = _next_frame(file, position, size, searched)
        if begin is None:
            break
        link = _link(file, begin, size)
        chain.append(link)
        position = link.stop
    if chain:
        chain[0] = replace(chain[0], begin=0)  # with its tags
    if len(chain) == 1:
        chain[0] = replace(chain[0], stop=size)
    return chain


def _link(file: BinaryIO, begin: int, size: int) -> Link:
    """The link whose first frame begins at byte `begin`."""
    promised = _promised_bytes(file, begin)
    if promised is None:
        return Link(begin, size, counted=False)
    stop = begin + promised
    return Link(begin, min(stop, size), counted=True, lacking=max(0, stop - size))


def _next_frame(file: BinaryIO, position: int, size: int, searched: int) -> int | None:
    """The place of a frame within `searched` bytes after `position` and tags; None without one."""
    position = after_tags(file, position, size)
    file.seek(position)
    content = file.read(searched + 2 * LONGEST_FRAME)
    begin = first_frame(content, last=position + len(content) >= size)
    if begin is None or begin > searched:
        return None
    return position + begin


def _promised_bytes(file: BinaryIO, begin: int) -> int | None:
    """The bytes from `begin` on by its Info, Xing or VBRI frame; None without such a frame."""
    file.seek(begin)
    frame = file.read(64)
    for name in (b"Xing", b"Info"):
        place = frame.find(name, 4, 44)
        if place > 0:
            return _info_bytes(frame, place)
    if frame[36:40] == b"VBRI":
        (count,) = struct.unpack(">I", frame[46:50])
        return count or None
    return None


def _info_bytes(frame: bytes, place: int) -> int | None:
    """The byte count in an Info frame with its name at `place`; None where its flag is not set."""
    (flags,) = struct.unpack(">I", frame[place + 4 : place + 8].rjust(4, b"\0"))
    if not flags & 2:
        return None
    field = place + 8
    if flags & 1:  # the frame count comes first
        field += 4
    (count,) = struct.unpack(">I", frame[field : field + 4])
    return count or None
