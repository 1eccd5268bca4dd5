"""How many bytes of samples a container promises, held against the bytes that are there."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

WRAP = 2**32  # a 32-bit size counts bytes up to here and begins again at 0
IMPOSSIBLE = 2**62  # bytes; a 64-bit size of as many says that its writer did not know it


@dataclass(frozen=True)
class Promise:
    """What a header says of the samples.

    begin, promised: where they begin and how many bytes they fill, None where the writer did not
    know. patches: (position, bytes) to be read instead of what the file holds there, so that
    libsndfile reads all of it. stop: where they end at last, None for the end of the file.
    """

    begin: int
    promised: int | None
    patches: tuple[tuple[int, bytes], ...] = ()
    stop: int | None = None


class Chunk(NamedTuple):
    """A piece of a file that has a name; its content begins at byte `begin`."""

    name: bytes
    begin: int
    size: int


def number(file: BinaryIO, position: int, form: str) -> int:
    """The number at byte `position`; form: as `struct` writes it.

    Raises struct.error where the file ends before it.
    """
    file.seek(position)
    content = file.read(struct.calcsize(form))
    (value,) = struct.unpack(form, content)
    return value


def chunks(file: BinaryIO, size: int, first: int, form: str, even: int = 2) -> Iterator[Chunk]:
    """Every chunk from byte `first` on.

    Names have 4 bytes, sizes are `form` (see `number`), and contents fill a multiple of `even`
    bytes.
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
    """The first chunk with one of `names`, if any has (see `chunks`)."""
    for chunk in chunks(file, size, first, form, even):
        if chunk.name in names:
            return chunk
    return None


def is_unknown(size: int, there: int) -> bool:
    """Whether a 32-bit size is what writers put there that cannot go back to it (a pipe).

    `there` bytes are present. ffmpeg writes 0xffffffff, SoX 0x7f000000 or 0x7ffff000 and a little,
    ALSA's arecord 0x80000000 or 0x7fffffff.
    """
    if size <= there:
        return False
    by_sox = 0x7F000000 <= size <= 0x7F010000
    by_sox_or_arecord = 0x7FFF0000 <= size <= 0x80010000
    by_ffmpeg = size >= 0xFFFF0000
    return by_sox or by_sox_or_arecord or by_ffmpeg


def unwrapped(size: int, there: int) -> int:
    """The size that a 32-bit `size` stands for, where `there` bytes are present."""
    beyond = max(0, there - size)
    return size + beyond // WRAP * WRAP
