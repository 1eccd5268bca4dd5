"""One look at every sample of a file, block by block: how many there are, what reading corrects, what is wrong."""

import hashlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from audio import decoding, reading
from audio.decoding import Header
from audio.pcm import FULL_SCALE, Correction
from dsp.level import SILENCE_DB

MEANT = 2**16  # times full scale; a float file beyond is no audio, one at the scale of 16-bit integers is
LOUDEST = FULL_SCALE - 1
SILENT = 10 ** (SILENCE_DB / 10) * FULL_SCALE**2  # mean power in steps of 16 bit


class Heard(NamedTuple):
    """samples: per channel. content: 16 hex digits over all of them, and their rate. problem: "" for a usable file.

    silent: whether it is that which the problem is.
    """

    samples: int
    content: str
    correction: Correction
    problem: str
    silent: bool


def listen(head: Header) -> Heard:
    """Decode a file once; ValueError with the reason where that fails, or where it has fewer samples than promised."""
    digest, total = hashlib.sha256(f"{head.sample_rate} ".encode()), _Sums()
    for block in decoding.blocks(head):
        mono = decoding.mono(block)
        total.add(block, mono)
        digest.update(_whole_steps(mono).tobytes())
    if head.samples is not None and total.count < head.samples:
        raise ValueError(f"cut short: {total.count} of {head.samples} samples decode")
    correction = total.correction() if total.count else Correction()
    unusable = total.unusable()
    problem = unusable or total.silence()
    return Heard(total.count, digest.hexdigest()[:16], correction, problem, silent=bool(problem and not unusable))


def whole(path: str | Path, sample_rate: int | None = None) -> tuple[np.ndarray, int]:
    """All samples [time] of `path` as 16-bit PCM and their rate: without its offset, and below full scale.

    sample_rate: None for the file's own. Raises ValueError naming the reason where it cannot be used; for silence it
    can.
    """
    try:
        head = decoding.header(path)
        heard = listen(head)
    except ValueError as error:
        raise ValueError(f"{path}: {error}; choose another recording") from error
    if heard.problem and not heard.silent:
        raise ValueError(f"{path}: {heard.problem}; choose another recording")
    sample_rate = sample_rate or head.sample_rate
    return reading.read(path, sample_rate, correction=heard.correction), sample_rate


def _whole_steps(mono: np.ndarray) -> np.ndarray:
    return (mono if mono.dtype == np.int16 else np.rint(mono).clip(-(2**31), 2**31 - 1)).astype("<i4")


class _Sums:
    """What is added up over blocks, in steps of 16 bit."""

    def __init__(self):
        self.count, self.sum, self.power, self.channels, self.low, self.high = 0, 0.0, 0.0, 0.0, np.inf, -np.inf

    def add(self, block: np.ndarray, mono: np.ndarray) -> None:
        exact = mono.astype(np.float64)
        self.count += len(exact)
        self.sum += float(exact.sum())
        self.power += float(exact @ exact)
        self.low, self.high = min(self.low, float(mono.min())), max(self.high, float(mono.max()))
        self.channels = max(self.channels, -float(block.min()), float(block.max()))

    def correction(self) -> Correction:
        """The mean in whole steps, and what brings the rest below full scale."""
        offset = round(self.sum / self.count)
        low, high = self.low - offset, self.high - offset
        exceeds = low < -FULL_SCALE - 0.5 or high > LOUDEST + 0.5
        return Correction(offset, LOUDEST / max(-low, high) if exceeds else 1.0)

    def unusable(self) -> str:
        """Why nothing can be done with the samples, or ""."""
        if self.count == 0:
            return "zero length"
        if max(-self.low, self.high) > MEANT * FULL_SCALE:
            return f"its peak is {max(-self.low, self.high) / FULL_SCALE:.3g} times full scale, which cannot be meant"
        return ""

    def silence(self) -> str:
        """Why nothing can be heard, or "" where something can; offsets are not heard."""
        mean = self.sum / self.count
        if self.power / self.count - mean**2 >= SILENT * self.correction().gain ** -2:
            return ""
        if self.channels**2 > 100 * SILENT and self.channels > 10 * max(-self.low, self.high):
            return "silent: its channels cancel one another"
        if self.low == self.high != 0:
            return f"constant: every sample is {mean / FULL_SCALE:.3g} of full scale"
        return "silent"
