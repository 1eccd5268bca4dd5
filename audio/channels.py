"""All channels of an audio file at the file's own rate and resolution, block by block."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from audio import decoding
from audio.header import Header
from audio.inspection import require_promised, why_not_audio

BLOCK = 2**16  # samples of all channels per block: a network's data fit into the caches of a core


class Measured(NamedTuple):
    """Measures of a file that was decoded once.

    samples: per channel. low, high: the extremes of each channel, [channel].
    """

    samples: int
    low: np.ndarray
    high: np.ndarray

    @property
    def constant(self) -> np.ndarray:
        """Whether each channel has a single value throughout, and so is inaudible: [channel]."""
        return self.low == self.high


def channel_blocks(head: Header, size: int | None = None) -> Iterator[np.ndarray]:
    """The blocks of a whole file, full scale 1: float64 [time, channel] each.

    size: samples per channel of a block. Raises ValueError with the reason where the file cannot be
    decoded or holds NaN.
    """
    return decoding.read_blocks(head, decoding.floats, size or max(1, BLOCK // head.channels))


def measure(head: Header) -> Measured:
    """Decode a file once and measure its samples.

    Raises ValueError with the reason where decoding fails, where the file has fewer samples than
    its header promises, and where the samples cannot be audio.
    """
    samples = 0
    low = np.full(head.channels, np.inf)
    high = np.full(head.channels, -np.inf)
    for block in channel_blocks(head):
        samples += len(block)
        low = np.minimum(low, block.min(0))
        high = np.maximum(high, block.max(0))
    require_promised(head, samples)
    problem = why_not_audio(max(-low.min(), high.max())) if samples else ""
    if problem:
        raise ValueError(problem)
    return Measured(samples, low, high)
