"""Audio files as they are: every channel at the file's own rate and resolution, block by block."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from audio import decoding
from audio.header import Header
from audio.listening import no_audio, require_all

BLOCK = 2**16  # samples of all channels at once: a network works in the caches of a core


class Measured(NamedTuple):
    """What one look at all samples of a file tells.

    samples: per channel. low, high: the extremes of each channel, [channel].
    """

    samples: int
    low: np.ndarray
    high: np.ndarray

    @property
    def constant(self) -> np.ndarray:
        """Which channels hold one value throughout, so that nothing can be heard: [channel]."""
        return self.low == self.high


def channel_blocks(head: Header, size: int | None = None) -> Iterator[np.ndarray]:
    """The whole file, full scale 1: float64 [time, channel] each.

    size: samples per channel of a block. Raises ValueError with the reason where it cannot be
    decoded or holds NaN.
    """
    return decoding.read_blocks(head, decoding.floats, size or max(1, BLOCK // head.channels))


def measure(head: Header) -> Measured:
    """Decode a file once.

    Raises ValueError with the reason where that fails, where it has fewer samples than promised,
    and where they cannot be audio.
    """
    samples = 0
    low = np.full(head.channels, np.inf)
    high = np.full(head.channels, -np.inf)
    for block in channel_blocks(head):
        samples += len(block)
        low = np.minimum(low, block.min(0))
        high = np.maximum(high, block.max(0))
    require_all(head, samples)
    problem = no_audio(max(-low.min(), high.max())) if samples else ""
    if problem:
        raise ValueError(problem)
    return Measured(samples, low, high)
