"""Inspects every sample of a file, block by block.

The result is the number of samples, the correction that reading applies, and the problem, if any.
"""

import hashlib
from typing import NamedTuple

import numpy as np

from audio import decoding
from audio.header import Header
from audio.pcm import FULL_SCALE, Correction
from dsp.decibel import power
from dsp.level import SILENCE_DB

# The largest peak of audio, in units of full scale: floats at the scale of 16-bit integers pass.
HIGHEST_PEAK = 2**16
LOUDEST = FULL_SCALE - 1
SILENT = power(SILENCE_DB) * FULL_SCALE**2  # mean power in steps of 16 bit


class Inspected(NamedTuple):
    """The result of inspecting all samples of a file.

    samples: per channel. content: a hash of all samples and their rate, 16 hex digits. problem: ""
    for a usable file. silent: the problem is that the file is silent.
    """

    samples: int
    content: str
    correction: Correction
    problem: str
    silent: bool


def inspect(head: Header) -> Inspected:
    """Decode a file once and inspect its samples.

    Raises ValueError with the reason where decoding fails, or where the file has fewer samples than
    its header promises.
    """
    digest = hashlib.sha256(f"{head.sample_rate} ".encode())
    total = _Sums()
    for block in decoding.blocks(head):
        mono = decoding.mono(block)
        total.add(block, mono)
        digest.update(_whole_steps(mono).tobytes())
    require_promised(head, total.count)
    correction = total.correction() if total.count else Correction()
    unusable = total.unusable()
    silence = "" if unusable else total.silence()
    return Inspected(
        samples=total.count,
        content=digest.hexdigest()[:16],
        correction=correction,
        problem=unusable or silence,
        silent=silence != "",
    )


def require_promised(head: Header, samples: int) -> None:
    """Raise ValueError where fewer samples decode than a file promises."""
    if head.samples is not None and samples < head.samples:
        raise ValueError(f"cut short: {samples} of {head.samples} samples decode")


def why_not_audio(peak: float) -> str:
    """The reason why samples of this peak (full scale 1) cannot be audio; "" where they can."""
    if peak > HIGHEST_PEAK:
        return f"its peak is {peak:.3g} times full scale, which cannot be meant"
    return ""


def _whole_steps(mono: np.ndarray) -> np.ndarray:
    """Samples as 32-bit integers: the bytes do not depend on the type of the decoded samples."""
    if mono.dtype != np.int16:
        mono = np.rint(mono).clip(-(2**31), 2**31 - 1)
    return mono.astype("<i4")


class _Sums:
    """Sums and extremes over all blocks, in steps of 16 bit."""

    def __init__(self):
        self.count = 0
        self.sum = 0.0
        self.power = 0.0
        self.channels = 0.0  # the largest magnitude in any channel
        self.low = np.inf
        self.high = -np.inf

    def add(self, block: np.ndarray, mono: np.ndarray) -> None:
        """Add `block` [time] or [time, channel], and the mean `mono` [time] of its channels."""
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
        """The largest magnitude of the mean of the channels."""
        return max(-self.low, self.high)

    def correction(self) -> Correction:
        """The offset in whole steps, and the gain that brings the rest below full scale."""
        offset = round(self.sum / self.count)
        low = self.low - offset
        high = self.high - offset
        if low < -FULL_SCALE - 0.5 or high > LOUDEST + 0.5:
            return Correction(offset, LOUDEST / max(-low, high))
        return Correction(offset)

    def unusable(self) -> str:
        """The reason why the samples are unusable; "" where they are usable."""
        if self.count == 0:
            return "zero length"
        return why_not_audio(self.peak() / FULL_SCALE)

    def silence(self) -> str:
        """The reason why the file is inaudible; "" where it is audible. An offset is inaudible."""
        mean = self.sum / self.count
        power = self.power / self.count - mean**2
        if power >= SILENT * self.correction().gain ** -2:
            return ""
        if self.channels**2 > 100 * SILENT and self.channels > 10 * self.peak():
            return "silent: its channels cancel one another"
        if self.low == self.high != 0:
            return f"constant: every sample is {mean / FULL_SCALE:.3g} of full scale"
        return "silent"
