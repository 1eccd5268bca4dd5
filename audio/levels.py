"""The level of a whole file and of each second, and an excerpt of it to listen to."""

from typing import NamedTuple

import numpy as np

from audio.channels import channel_blocks
from audio.header import Header
from audio.resampling import at_rate


class Levels(NamedTuple):
    """The levels of a file, full scale 1.

    samples: per channel. peak: the largest magnitude in any channel. power: mean over time and
    channels. by_second: the sum of squares over the samples and channels of each second, [second].
    """

    samples: int
    peak: float
    power: float
    by_second: np.ndarray

    def loudest(self, seconds: int) -> int:
        """The second at which the loudest `seconds` consecutive seconds begin."""
        if len(self.by_second) <= seconds:
            return 0
        until = np.concatenate([[0.0], np.cumsum(self.by_second)])
        return int(np.argmax(until[seconds:] - until[:-seconds]))


def levels(head: Header) -> Levels:
    """Decode a file once, a second at a time, and measure its levels.

    Raises ValueError with the reason where decoding fails.
    """
    samples, peak = 0, 0.0
    by_second = []
    for block in channel_blocks(head, head.sample_rate):
        samples += len(block)
        peak = max(peak, float(np.abs(block).max()))
        by_second.append(float(np.square(block).sum()))
    power = sum(by_second) / max(1, samples * head.channels)
    return Levels(samples, peak, power, np.array(by_second))


def excerpt(head: Header, begin_s: int, seconds: int, sample_rate: int) -> np.ndarray:
    """The mean of all channels from second `begin_s` on, at `sample_rate`: float64 [time].

    It has `seconds` seconds, or fewer at the end of the file. Raises ValueError with the reason
    where the file cannot be decoded.
    """
    pieces = [np.zeros(0)]
    for number, block in enumerate(channel_blocks(head, head.sample_rate)):
        if number >= begin_s + seconds:
            break
        if number >= begin_s:
            pieces.append(block.mean(1))
    return at_rate(np.concatenate(pieces), head.sample_rate, sample_rate)
