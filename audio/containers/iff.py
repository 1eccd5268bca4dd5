"""Containers of the IFF family: AIFF, 8SVX, and Apple's CAF."""

import struct
from typing import BinaryIO

from audio.containers.promise import IMPOSSIBLE, Promise, chunk_of, is_unknown, number

CAF_EDIT_COUNT = 4  # bytes before the samples


def aiff(file: BinaryIO, size: int) -> Promise | None:
    """The promise of a file in AIFF, AIFC, 8SVX or 16SV."""
    is_finished = number(file, 4, ">I") + 8 == size
    data = chunk_of(file, size, 12, ">I", (b"SSND", b"BODY"))
    if data is None:
        return None
    head = 8 if data.name == b"SSND" else 0
    begin = data.begin + head
    there = size - begin
    is_unfinished = data.size <= head and there > 0 and not is_finished
    if is_unfinished or is_unknown(data.size, there):
        return Promise(begin, None)
    return Promise(begin, max(0, data.size - head))


def caf(file: BinaryIO, size: int) -> Promise | None:
    """The promise of a file in CAF, which has 64-bit sizes."""
    data = chunk_of(file, size, 8, ">q", (b"data",), even=1)
    if data is None:
        return None
    there = size - data.begin
    begin = data.begin + CAF_EDIT_COUNT
    is_empty = data.size < CAF_EDIT_COUNT < there
    if is_empty or data.size >= IMPOSSIBLE or is_unknown(data.size, there):
        patched = struct.pack(">q", there)
        return Promise(begin, None, ((data.begin - 8, patched),))
    return Promise(begin, max(0, data.size - CAF_EDIT_COUNT))
