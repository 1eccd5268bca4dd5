"""The number of bytes of samples that a container's header promises, and of those present."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

WRAP = 2**32  # bytes at which a 32-bit size begins again at 0
IMPOSSIBLE = 2**62  # bytes; the writer of so large a 64-bit size did not know the size


@dataclass(frozen=True)
class Promise:
    """The place and size of the samples by a header.

    begin: the first byte of the samples. promised: their number of bytes, None where the writer did
    not know it. patches: (position, bytes) that replace bytes of the file when it is read, so that
    libsndfile reads all of it. stop: the byte after the last possible sample, None for the end of
    the file.
    """

    begin: int
    promised: int | None
    patches: tuple[tuple[int, bytes], ...] = ()
    stop: int | None = None


class Chunk(NamedTuple):
    """A named part of a file; its content has `size` bytes from byte `begin` on."""

    name: bytes
    begin: int
    size: int


def number(file: BinaryIO, position: int, form: str) -> int:
    """The number at byte `position`; form: its format for `struct`.

    Raises struct.error where the file ends before the number does.
    """
    file.seek(position)
    content = file.read(struct.calcsize(form))
    (value,) = struct.unpack(form, content)
    return value


def chunks(file: BinaryIO, size: int, first: int, form: str, even: int = 2) -> Iterator[Chunk]:
    """Every chunk from byte `first` on.

    A name has 4 bytes, a size has the format `form` (see `number`), and a content is padded to a
    multiple of `even` bytes.
    """
    position = first
    head = 4 + struct.calcsize(form)
    while position + head <= size:
        file.seek(position)
        name = file.read(4)
        count = number(file, position + 4, form)
        begin = position + head
        yield Chunk(name, begin, count)
        content = max(0, count)
        padding = -content % even
        position = begin + content + padding


def chunk_of(
    file: BinaryIO, size: int, first: int, form: str, names: tuple[bytes, ...], even: int = 2
) -> Chunk | None:
    """The first chunk with one of `names`, None without such a chunk; see `chunks`."""
    for chunk in chunks(file, size, first, form, even):
        if chunk.name in names:
            return chunk
    return None


def is_unknown(size: int, there: int) -> bool:
    """Whether a 32-bit `size` is the placeholder of a writer into a pipe.

    Such a writer cannot go back to fill in the size. there: the number of bytes present. ffmpeg
    writes 0xffffffff, SoX a little more than 0x7f000000 or 0x7ffff000, ALSA's arecord 0x80000000 or
    0x7fffffff.
    """
    if size <= there:
        return False
    by_sox = 0x7F000000 <= size <= 0x7F010000
    by_sox_or_arecord = 0x7FFF0000 <= size <= 0x80010000
    by_ffmpeg = size >= 0xFFFF0000
    return by_sox or by_sox_or_arecord or by_ffmpeg


def unwrapped(size: int, there: int) -> int:
    """The true size of a 32-bit `size` that wrapped; there: the number of bytes present."""
    beyond = max(0, there - size)
    return size + beyond // WRAP * WRAP
