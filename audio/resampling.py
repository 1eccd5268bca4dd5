"""Resampling, block by block.

A cut has the same samples as the whole signal there, and its cost grows only with its own length.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import soxr

BLOCK_S = 2.0
MARGIN_S = 0.1  # added on both sides of a block; soxr's filter is much shorter


@dataclass(frozen=True)
class Grid:
    """The blocks of a resampled signal; each begins at a whole sample of both rates.

    from_block, margin: in samples of the file's rate. to_block: in samples of the target rate.
    """

    from_block: int
    margin: int
    to_block: int

    @classmethod
    def of(cls, from_rate: int, to_rate: int) -> "Grid":
        """The grid of a file at `from_rate` that is read at `to_rate`."""
        common = math.gcd(from_rate, to_rate)  # coinciding samples per second
        from_step = from_rate // common
        to_step = to_rate // common
        block = math.ceil(BLOCK_S * common)
        margin = math.ceil(MARGIN_S * common)
        return cls(block * from_step, margin * from_step, block * to_step)


class Resampler:
    """Resamples a file while it is decoded from its beginning to its end (soxr HQ).

    Samples are not changed where both rates are equal. channels: None for samples [time], otherwise
    the number of channels of samples [time, channel].
    """

    def __init__(self, from_rate: int, to_rate: int, channels: int | None = None):
        self._nothing = np.zeros(0) if channels is None else np.zeros((0, channels))
        self._stream = None
        if from_rate != to_rate:
            self._stream = soxr.ResampleStream(
                from_rate, to_rate, channels or 1, dtype="float64", quality="HQ"
            )

    def next(self, steps: np.ndarray) -> np.ndarray:
        """The resampled samples that are complete after the next `steps`."""
        if self._stream is None:
            return steps
        return self._stream.resample_chunk(np.ascontiguousarray(steps, np.float64))

    def last(self) -> np.ndarray:
        """The remaining resampled samples, at the end of the file."""
        if self._stream is None:
            return self._nothing
        return self._stream.resample_chunk(self._nothing, last=True)


def resampled_blocks(
    blocks: Iterable[np.ndarray], from_rate: int, to_rate: int
) -> Iterator[np.ndarray]:
    """Blocks of a signal at another rate, without delay: float64 [time, channel] each.

    Where both rates are equal, they are the given blocks.
    """
    resampler = None
    for block in blocks:
        if resampler is None:
            resampler = Resampler(from_rate, to_rate, block.shape[1])
        yield resampler.next(block)
    if resampler is not None:
        yield resampler.last()


def resampling_delay_s(from_rate: int, to_rate: int) -> float:
    """The longest time in seconds by which the output of `resampled_blocks` lags its input.

    It is measured, because it depends on soxr's own blocks. It is 0 where both rates are equal.
    """
    resampler = Resampler(from_rate, to_rate)
    chunk = max(1, from_rate // 1000)
    given, longest = 0, 0.0
    for number in range(1, 1001):
        given += len(resampler.next(np.zeros(chunk)))
        longest = max(longest, number * chunk / from_rate - given / to_rate)
    return longest


def resampled_length(samples: int, from_rate: int, to_rate: int) -> int:
    """The number of samples at `to_rate` of a file with `samples` samples at `from_rate`."""
    if from_rate == to_rate:
        return samples
    return max(1, samples * to_rate // from_rate)


class Source(NamedTuple):
    """A signal that can be read in parts.

    cut: gives the samples [time] from one sample number to another, fewer at the end of the signal.
    """

    cut: Callable[[int, int], np.ndarray]
    samples: int
    sample_rate: int


def resampled(source: Source, to_rate: int, start: int, stop: int) -> np.ndarray:
    """Samples `start` to `stop` of a signal at `to_rate`, float64 [time] (soxr HQ)."""
    grid = Grid.of(source.sample_rate, to_rate)
    stop = min(stop, resampled_length(source.samples, source.sample_rate, to_rate))
    first = start // grid.to_block
    end = -(-stop // grid.to_block)  # rounded up
    blocks = [np.zeros(0)]
    for number in range(first, end):
        blocks.append(_block(source, to_rate, grid, number))
    begin = first * grid.to_block
    return np.concatenate(blocks)[max(0, start - begin) : max(0, stop - begin)]


def at_rate(samples: np.ndarray, from_rate: int, to_rate: int) -> np.ndarray:
    """A whole signal at another rate, without delay: float64 [time] -> [time] (soxr HQ)."""
    if from_rate == to_rate:
        return samples
    source = Source(lambda start, stop: samples[start:stop], len(samples), from_rate)
    return resampled(source, to_rate, 0, resampled_length(len(samples), from_rate, to_rate))


def _block(source: Source, to_rate: int, grid: Grid, number: int) -> np.ndarray:
    """Block `number` of the grid at `to_rate`; the last block ends with the signal."""
    from_begin = number * grid.from_block
    margin = min(from_begin, grid.margin)  # no sample lies before the signal
    given = source.cut(from_begin - margin, from_begin + grid.from_block + grid.margin)
    with_margins = soxr.resample(
        given.astype(np.float64), source.sample_rate, to_rate, quality="HQ"
    )
    to_margin = margin * grid.to_block // grid.from_block
    block = with_margins[to_margin : to_margin + grid.to_block]
    total = resampled_length(source.samples, source.sample_rate, to_rate)
    length = min(grid.to_block, total - number * grid.to_block)
    lacking = max(0, length - len(block))
    return np.pad(block, (0, lacking))
