"""How many bytes of samples a chunked container promises, and where they begin: its chunk headers alone are read."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

WRAP = 2**32  # a 32-bit size counts bytes up to here and begins again at 0


@dataclass(frozen=True)
class Promise:
    """begin, promised: where the samples begin and how many bytes they fill, None where the writer did not know.

    patches: (position, bytes) to be read instead of what the file holds there, so that libsndfile reads all of it.
    stop: where the samples end at last, None for the end of the file.
    """

    begin: int
    promised: int | None
    patches: tuple[tuple[int, bytes], ...] = ()
    stop: int | None = None


def promise_of(file: BinaryIO, size: int) -> Promise | None:
    """What the header of a `file` of `size` bytes promises; None where it is of another kind or says nothing."""
    file.seek(0)
    start = file.read(16)
    for magic, parser in PARSERS.items():
        if start.startswith(magic):
            try:
                return parser(file, size)
            except struct.error:  # the header itself is cut short: libsndfile says what is wrong with it
                return None
    return None


def _unknown(size: int, there: int) -> bool:
    """Whether a 32-bit size is what writers put there that cannot go back to it (a pipe), with `there` bytes present.

    ffmpeg writes 0xffffffff, SoX 0x7f000000 or 0x7ffff000 and a little, ALSA's arecord 0x80000000 or 0x7fffffff.
    """
    streamed = size >= 0xFFFF0000 or 0x7FFF0000 <= size <= 0x80010000 or 0x7F000000 <= size <= 0x7F010000
    return size > there and streamed


def _wrapped(size: int, there: int) -> int:
    """The size that a 32-bit `size` stands for, where `there` bytes are present."""
    return size + max(0, there - size) // WRAP * WRAP


def _chunks(file: BinaryIO, size: int, first: int, form: str, even: int = 2) -> Iterator[tuple[bytes, int, int]]:
    """Name, first byte and size of every chunk from `first` on, whose names have 4 bytes and whose sizes are `form`."""
    position, head = first, 4 + struct.calcsize(form)
    while position + head <= size:
        file.seek(position)
        name, count = struct.unpack(form[0] + "4s" + form[1:], file.read(head))
        yield name, position + head, count
        position += head + max(0, count) + -max(0, count) % even


def _riff(file: BinaryIO, size: int) -> Promise | None:
    file.seek(0)
    order = ">" if file.read(4) == b"RIFX" else "<"
    (whole,) = struct.unpack(order + "I", file.read(4))
    for name, begin, count in _chunks(file, size, 12, order + "I"):
        if name == b"data":
            there = size - begin
            patches = ((4, struct.pack(order + "I", 8)), (begin - 4, bytes(4)))  # libsndfile then reads to the end
            if count == 0 and there and whole + 8 != size:
                return Promise(begin, None, patches)
            if _unknown(count, there):
                return Promise(begin, None)
            if (wrapped := _wrapped(count, there)) != count:
                return Promise(begin, None, patches, begin + wrapped)
            return Promise(begin, count)
    return None


def _rf64(file: BinaryIO, size: int) -> Promise | None:
    ds64 = None
    for name, begin, count in _chunks(file, size, 12, "<I"):
        if name == b"ds64":
            file.seek(begin + 8)
            ds64, (promised,) = begin, struct.unpack("<Q", file.read(8))
        if name == b"data":
            there = size - begin
            if count != WRAP - 1 or ds64 is None:
                return (
                    Promise(begin, count)
                    if count <= there
                    else Promise(begin, None if _unknown(count, there) else count)
                )
            if promised >= 2**62 or (promised == 0 and there):
                return Promise(begin, None, ((ds64, struct.pack("<QQQ", size - 8, there, 0)),))
            return Promise(begin, promised)
    return None


def _wave64(file: BinaryIO, size: int) -> Promise | None:
    position = 40
    while position + 24 <= size:
        file.seek(position)
        name, count = struct.unpack("<16sQ", file.read(24))
        if name[:4] == b"data":
            begin = position + 24
            if count < 24 or count >= 2**62:
                patched = struct.pack("<Q", size - position)
                return Promise(begin, None, ((position + 16, patched),)) if size > begin else Promise(begin, 0)
            return Promise(begin, count - 24)
        position += max(24, count + -count % 8)
    return None


def _aiff(file: BinaryIO, size: int) -> Promise | None:
    file.seek(4)
    (whole,) = struct.unpack(">I", file.read(4))
    for name, begin, count in _chunks(file, size, 12, ">I"):
        if name in (b"SSND", b"BODY"):
            head = 8 if name == b"SSND" else 0
            there = size - begin - head
            if _unknown(count, there) or (count <= head and there > 0 and whole + 8 != size):
                return Promise(begin + head, None)
            return Promise(begin + head, max(0, count - head))
    return None


def _au(file: BinaryIO, size: int) -> Promise | None:
    file.seek(0)
    order = ">" if file.read(4) == b".snd" else "<"
    begin, count = struct.unpack(order + "II", file.read(8))
    there, patches = size - begin, ((8, b"\xff" * 4),)  # with which libsndfile reads to the end
    if _unknown(count, there) or (count == 0 and there > 0):
        return Promise(begin, None, patches)
    wrapped = _wrapped(count, there)
    return Promise(begin, count) if wrapped == count else Promise(begin, None, patches, begin + wrapped)


def _caf(file: BinaryIO, size: int) -> Promise | None:
    for name, begin, count in _chunks(file, size, 8, ">q", even=1):
        if name == b"data":
            there = size - begin
            if count < 4 < there or count >= 2**62 or _unknown(count, there):
                return Promise(begin + 4, None, ((begin - 8, struct.pack(">q", there)),))
            return Promise(begin + 4, max(0, count - 4))
    return None


def _sphere(file: BinaryIO, size: int) -> Promise | None:
    file.seek(8)
    begin = int(file.read(8).strip() or 0)
    file.seek(0)
    words = [line.split() for line in file.read(min(begin, 2**16)).decode("ascii", "replace").splitlines()]
    fields = {word[0]: word[2] for word in words if len(word) == 3}
    try:
        count, width = (int(fields[name]) for name in ("sample_count", "sample_n_bytes"))
        channels = int(fields.get("channel_count", 1))
    except (KeyError, ValueError):
        return Promise(begin, None)
    return Promise(begin, count * width * channels if count > 0 or size <= begin else None)


def _avr(file: BinaryIO, size: int) -> Promise | None:
    file.seek(12)
    stereo, bits = struct.unpack(">HH", file.read(4))
    file.seek(26)
    (count,) = struct.unpack(">I", file.read(4))
    return Promise(128, count * (2 if stereo else 1) * bits // 8)


def _wve(file: BinaryIO, size: int) -> Promise | None:
    file.seek(18)
    (count,) = struct.unpack(">I", file.read(4))
    return Promise(32, count)


PARSERS: dict[bytes, Callable[[BinaryIO, int], Promise | None]] = {
    b"RIFF": _riff,
    b"RIFX": _riff,
    b"RF64": _rf64,
    b"riff": _wave64,
    b"FORM": _aiff,
    b".snd": _au,
    b"dns.": _au,
    b"caff": _caf,
    b"NIST_1A": _sphere,
    b"2BIT": _avr,
    b"ALawSoundFile": _wve,
}
