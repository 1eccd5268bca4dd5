"""The band of a recording above the network's band, and its gain."""

from collections.abc import Iterator
from itertools import tee

import numpy as np

from audio.resampling import resampled_blocks
from dsp.decibel import power
from enhancing.track import Track, side_by_side

HOP_S = 0.01
NOTHING = power(-100.0)  # mean power of an empty hop; rounding to 16 bit is -101 dB


def above(blocks: Iterator[np.ndarray], sample_rate: int, lower: int) -> Iterator[np.ndarray]:
    """The part of a signal that resampling to the rate `lower` and back removes."""
    own, resampled = tee(blocks)
    down = resampled_blocks(resampled, sample_rate, lower)
    below = Track(resampled_blocks(down, lower, sample_rate))
    for block, lower_band in side_by_side(own, below):
        yield block - lower_band


class UpperGain:
    """The gain that a network applied to the top octave of its band, sample by sample.

    It is computed every 10 ms, as the ratio of the amplitudes of enhanced signal and mixture in
    this octave: at most 1, and 1 if the mixture is empty there. It is interpolated linearly between
    the centres of these intervals, and is constant after the last centre. mixture, enhanced: blocks
    [time, channel] at `rate`.
    """

    def __init__(
        self,
        mixture: Iterator[np.ndarray],
        enhanced: Iterator[np.ndarray],
        rate: int,
        sample_rate: int,
    ):
        self._mixture = Track(above(mixture, rate, rate // 2))
        self._enhanced = Track(above(enhanced, rate, rate // 2))
        self._hop = round(HOP_S * rate)
        self._per_sample = rate / self._hop / sample_rate  # intervals
        self._taken = 0  # samples
        self._gains: list[np.ndarray] = []
        self._dropped = 0  # number of gains that are not needed any more

    def take(self, count: int) -> np.ndarray:
        """The gains of the next `count` samples: [count, channel]."""
        samples = self._taken + np.arange(count)
        place = np.maximum(0.0, (samples + 0.5) * self._per_sample - 0.5)
        before = place.astype(int)
        while self._dropped + len(self._gains) < before[-1] + 2:
            self._gains.append(self._next())
        gains = np.stack(self._gains)
        early = before - self._dropped
        share = (place - before)[:, np.newaxis]
        self._taken += count
        del self._gains[: early[-1]]
        self._dropped += early[-1]
        return (1 - share) * gains[early] + share * gains[early + 1]

    def _next(self) -> np.ndarray:
        """The gain of the next interval: [channel]."""
        mixture = np.square(self._mixture.take(self._hop)).mean(0)
        enhanced = np.square(self._enhanced.take(self._hop)).mean(0)
        if self._mixture.ended and self._gains:
            return self._gains[-1]
        heard = mixture > NOTHING
        ratio = np.sqrt(enhanced / np.where(heard, mixture, 1.0))
        return np.where(heard, ratio.clip(0.0, 1.0), 1.0)
