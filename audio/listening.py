"""One look at every sample of a file, block by block.

How many there are, what reading corrects, what is wrong.
"""

import hashlib
from typing import NamedTuple

import numpy as np

from audio import decoding
from audio.header import Header
from audio.pcm import FULL_SCALE, Correction
from dsp.decibel import power
from dsp.level import SILENCE_DB

# Times full scale; a float file beyond is no audio, one at the scale of 16-bit integers is.
MEANT = 2**16
LOUDEST = FULL_SCALE - 1
SILENT = power(SILENCE_DB) * FULL_SCALE**2  # mean power in steps of 16 bit


class Heard(NamedTuple):
    """What was heard of a file.

    samples: per channel. content: 16 hex digits over all of them, and their rate. problem: "" for a
    usable file. silent: whether it is that which the problem is.
    """

    samples: int
    content: str
    correction: Correction
    problem: str
    silent: bool


def listen(head: Header) -> Heard:
    """Decode a file once.

    Raises ValueError with the reason where that fails, or it has fewer samples than promised.
    """
    digest = hashlib.sha256(f"{head.sample_rate} ".encode())
    total = _Sums()
    for block in decoding.blocks(head):
        mono = decoding.mono(block)
        total.add(block, mono)
        digest.update(_whole_steps(mono).tobytes())
    require_all(head, total.count)
    correction = total.correction() if total.count else Correction()
    unusable = total.unusable()
    silence = "" if unusable else total.silence()
    return Heard(
        samples=total.count,
        content=digest.hexdigest()[:16],
        correction=correction,
        problem=unusable or silence,
        silent=silence != "",
    )


def require_all(head: Header, samples: int) -> None:
    """Raise ValueError where fewer samples decode than a file promises."""
    if head.samples is not None and samples < head.samples:
        raise ValueError(f"cut short: {samples} of {head.samples} samples decode")


def no_audio(peak: float) -> str:
    """Why samples of that peak (full scale 1) cannot be audio, or ""."""
    if peak > MEANT:
        return f"its peak is {peak:.3g} times full scale, which cannot be meant"
    return ""


def _whole_steps(mono: np.ndarray) -> np.ndarray:
    """Samples as 32-bit integers, which are the same bytes in whatever form they were decoded."""
    if mono.dtype != np.int16:
        mono = np.rint(mono).clip(-(2**31), 2**31 - 1)
    return mono.astype("<i4")


class _Sums:
    """What is added up over blocks, in steps of 16 bit."""

    def __init__(self):
        self.count = 0
        self.sum = 0.0
        self.power = 0.0
        self.channels = 0.0  # largest magnitude in any of them
        self.low = np.inf
        self.high = -np.inf

    def add(self, block: np.ndarray, mono: np.ndarray) -> None:
        """Take in `block` [time] or [time, channel], and the mean `mono` [time] of its channels."""
        exact = mono.astype(np.float64)
        self.count += len(mono)
        self.sum += float(exact.sum())
        self.power += float(exact @ exact)
        lowest = float(mono.min())
        highest = float(mono.max())
        self.low = min(self.low, lowest)
        self.high = max(self.high, highest)
        loudest = max(-float(block.min()), float(block.max()))
        self.channels = max(self.channels, loudest)

    def peak(self) -> float:
        """The largest magnitude."""
        return max(-self.low, self.high)

    def correction(self) -> Correction:
        """The mean in whole steps, and what brings the rest below full scale."""
        offset = round(self.sum / self.count)
        low = self.low - offset
        high = self.high - offset
        if low < -FULL_SCALE - 0.5 or high > LOUDEST + 0.5:
            return Correction(offset, LOUDEST / max(-low, high))
        return Correction(offset)

    def unusable(self) -> str:
        """Why nothing can be done with the samples, or ""."""
        if self.count == 0:
            return "zero length"
        return no_audio(self.peak() / FULL_SCALE)

    def silence(self) -> str:
        """Why nothing can be heard, or "" where something can; offsets are not heard."""
        mean = self.sum / self.count
        power = self.power / self.count - mean**2
        if power >= SILENT * self.correction().gain ** -2:
            return ""
        if self.channels**2 > 100 * SILENT and self.channels > 10 * self.peak():
            return "silent: its channels cancel one another"
        if self.low == self.high != 0:
            return f"constant: every sample is {mean / FULL_SCALE:.3g} of full scale"
        return "silent"
