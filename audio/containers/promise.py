"""How many bytes of samples a container promises, and where they begin: only headers are read."""

import struct
from collections.abc import Callable
from typing import BinaryIO

from audio.containers.iff import aiff, caf
from audio.containers.plain import au, avr, sphere, wve
from audio.containers.riff import rf64, riff, wave64
from audio.containers.sizes import Promise

PARSERS: dict[bytes, Callable[[BinaryIO, int], Promise | None]] = {
    b"RIFF": riff,
    b"RIFX": riff,
    b"RF64": rf64,
    b"riff": wave64,
    b"FORM": aiff,
    b".snd": au,
    b"dns.": au,
    b"caff": caf,
    b"NIST_1A": sphere,
    b"2BIT": avr,
    b"ALawSoundFile": wve,
}


def promise_of(file: BinaryIO, size: int) -> Promise | None:
    """What the header of a `file` of `size` bytes promises.

    None where it is of another kind or says nothing.
    """
    file.seek(0)
    start = file.read(16)
    for magic, parser in PARSERS.items():
        if start.startswith(magic):
            try:
                return parser(file, size)
            except struct.error:  # the header is cut short: libsndfile says what is wrong with it
                return None
    return None
