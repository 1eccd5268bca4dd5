"""Raw samples without a header, as programs pipe them to each other."""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import numpy as np

from audio.inspection import why_not_audio
from audio.pcm import rounded

CHUNK = 2**16  # the most bytes that are read at once
HEADERS = (b"RIFF", b"RIFX", b"RF64", b"fLaC", b"OggS", b"FORM", b"caff", b"ID3")
LONGEST_HEADER = max(map(len, HEADERS))

# By ffmpeg's names: signed, unsigned or float; bits; byte order.
FORMATS = ("u8", "s16le", "s16be", "s24le", "s24be", "s32le", "s32be", "f32le", "f32be")


class RawForm(NamedTuple):
    """The format of interleaved samples in bytes: all channels of one time, then of the next.

    name: one of `FORMATS`.
    """

    name: str
    channels: int

    @property
    def bits(self) -> int:
        """Bits of a sample."""
        return int(self.name.strip("sufleb"))

    @property
    def is_float(self) -> bool:
        """Whether samples are floats, which may exceed full scale."""
        return self.name.startswith("f")

    @property
    def size(self) -> int:
        """Bytes of one sample of every channel."""
        return self.bits // 8 * self.channels

    @property
    def _order(self) -> str:
        return ">" if self.name.endswith("be") else "<"

    @property
    def _first(self) -> int:
        """The place of the 3 bytes of a sample in the 4 bytes of 256 times its value."""
        return 0 if self._order == ">" else 1

    def floats(self, data: bytes) -> np.ndarray:
        """The samples in `data`, full scale 1: float64 [time, channel]."""
        if self.is_float:
            samples = np.frombuffer(data, f"{self._order}f4").astype(np.float64)
        else:
            samples = self._steps(data) / 2.0 ** (self.bits - 1)
        return samples.reshape(-1, self.channels)

    def _steps(self, data: bytes) -> np.ndarray:
        """The integers in `data`, 0 for silence."""
        if self.bits == 8:
            return np.frombuffer(data, np.uint8).astype(np.int64) - 128
        if self.bits != 24:
            return np.frombuffer(data, f"{self._order}i{self.bits // 8}")
        places = np.frombuffer(data, np.uint8).reshape(-1, 3)
        wide = np.zeros((len(places), 4), np.uint8)  # the least significant byte stays 0
        wide[:, self._first : self._first + 3] = places
        return wide.reshape(-1).view(f"{self._order}i4") >> 8

    def packed(self, block: np.ndarray) -> bytes:
        """The bytes of samples [time, channel]; integer formats clip samples above full scale."""
        if self.is_float:
            return block.astype(f"{self._order}f4").tobytes()
        steps = rounded(block, self.bits)
        if self.bits == 8:
            return (steps + 128).astype(np.uint8).tobytes()
        if self.bits != 24:
            return steps.astype(f"{self._order}i{self.bits // 8}").tobytes()
        wide = (steps << 8).astype(f"{self._order}i4").reshape(-1, 1).view(np.uint8)
        return wide[:, self._first : self._first + 3].tobytes()


class RawReader:
    """Reads samples from a stream of bytes, as they arrive.

    left_over: the number of bytes at the end that are not a whole sample of every channel.
    """

    def __init__(self, stream: BinaryIO, form: RawForm):
        self._stream = stream
        self.form = form
        self.left_over = 0

    def blocks(self) -> Iterator[np.ndarray]:
        """Blocks of the samples that have arrived: [time, channel] each, full scale 1.

        Raises ValueError for a file with a header, and for samples that cannot be audio.
        """
        held = b""
        while len(held) < LONGEST_HEADER and (data := self._stream.read1(CHUNK)):
            held += data
        _require_raw(held)
        while True:
            whole = len(held) // self.form.size * self.form.size
            if whole:
                yield self._checked(self.form.floats(held[:whole]))
            self.left_over = len(held) - whole
            data = self._stream.read1(CHUNK)
            if not data:
                return
            held = held[whole:] + data

    def _checked(self, block: np.ndarray) -> np.ndarray:
        if not np.isfinite(block).all():
            raise ValueError(f"input holds samples that are no numbers; is it {self.form.name}?")
        problem = why_not_audio(np.abs(block).max())
        if problem:
            raise ValueError(f"input: {problem}; is it {self.form.name}?")
        return block


def _require_raw(begin: bytes) -> None:
    for header in HEADERS:
        if begin.startswith(header):
            raise ValueError(
                f"input begins with {header.decode()}, as a file with a header does; give "
                "input=FILE, or pipe raw samples (ffmpeg -i FILE -f s16le -)"
            )
