"""WAV in RIFF, and its successors for longer files: RF64 and Wave64."""

import struct
from typing import BinaryIO

from audio.containers.promise import (
    IMPOSSIBLE,
    WRAP,
    Chunk,
    Promise,
    chunk_of,
    chunks,
    is_unknown,
    number,
    unwrapped,
)

WAVE64_HEAD = 24  # bytes of a chunk's name and size


def riff(file: BinaryIO, size: int) -> Promise | None:
    """The promise of a WAV file, which has 32-bit sizes of either byte order."""
    file.seek(0)
    form = ">I" if file.read(4) == b"RIFX" else "<I"
    is_finished = number(file, 4, form) + 8 == size
    data = chunk_of(file, size, 12, form, (b"data",))
    if data is None:
        return None
    there = size - data.begin
    # With these libsndfile reads to the end.
    patches = ((4, struct.pack(form, 8)), (data.begin - 4, bytes(4)))
    if data.size == 0 and there and not is_finished:
        return Promise(data.begin, None, patches)
    if is_unknown(data.size, there):
        return Promise(data.begin, None)
    whole = unwrapped(data.size, there)
    if whole != data.size:
        return Promise(data.begin, None, patches, data.begin + whole)
    return Promise(data.begin, data.size)


def rf64(file: BinaryIO, size: int) -> Promise | None:
    """The promise of an RF64 file; its chunk `ds64` has the sizes that exceed 32 bits."""
    ds64 = None
    promised = 0
    for chunk in chunks(file, size, 12, "<I"):
        if chunk.name == b"ds64":
            ds64 = chunk.begin
            promised = number(file, ds64 + 8, "<Q")
        if chunk.name == b"data":
            if chunk.size == WRAP - 1 and ds64 is not None:
                return _of_ds64(ds64, promised, chunk, size)
            if is_unknown(chunk.size, size - chunk.begin):
                return Promise(chunk.begin, None)
            return Promise(chunk.begin, chunk.size)
    return None


def _of_ds64(ds64: int, promised: int, data: Chunk, size: int) -> Promise:
    """The promise by the chunk at byte `ds64`; writers into a pipe leave its size 0 or all ones."""
    there = size - data.begin
    if promised >= IMPOSSIBLE or (promised == 0 and there):
        sizes = struct.pack("<QQQ", size - 8, there, 0)
        return Promise(data.begin, None, ((ds64, sizes),))
    return Promise(data.begin, promised)


def wave64(file: BinaryIO, size: int) -> Promise | None:
    """The promise of a Wave64 file: names of 16 bytes, 64-bit sizes that include a chunk's head."""
    position = 40
    while position + WAVE64_HEAD <= size:
        file.seek(position)
        name = file.read(16)
        count = number(file, position + 16, "<Q")
        if name.startswith(b"data"):
            return _of_wave64_data(position, count, size)
        padding = -count % 8
        position += max(WAVE64_HEAD, count + padding)
    return None


def _of_wave64_data(position: int, count: int, size: int) -> Promise:
    """The promise by a chunk of samples at byte `position` with the size `count`."""
    begin = position + WAVE64_HEAD
    if WAVE64_HEAD <= count < IMPOSSIBLE:
        return Promise(begin, count - WAVE64_HEAD)
    if size <= begin:
        return Promise(begin, 0)
    there = struct.pack("<Q", size - position)
    return Promise(begin, None, ((position + 16, there),))
