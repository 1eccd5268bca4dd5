"""Other rates, block by block.

A cut has the same samples wherever it begins, and costs what it is long.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import soxr

BLOCK_S = 2.0
MARGIN_S = 0.1  # on both sides of a block: soxr's filter is much shorter


@dataclass(frozen=True)
class Grid:
    """Blocks that begin at whole samples of both rates, which all that is resampled consists of.

    from_block, margin: in samples of the file's rate. to_block: in samples of the other.
    """

    from_block: int
    margin: int
    to_block: int

    @classmethod
    def of(cls, from_rate: int, to_rate: int) -> "Grid":
        """The grid of a file at `from_rate` that is read at `to_rate`."""
        common = math.gcd(from_rate, to_rate)  # both rates meet so often in a second
        from_step = from_rate // common
        to_step = to_rate // common
        block = math.ceil(BLOCK_S * common)
        margin = math.ceil(MARGIN_S * common)
        return cls(block * from_step, margin * from_step, block * to_step)


class Resampler:
    """A file that is decoded whole, brought to another rate on the way (soxr HQ).

    Steps go through as they are where both rates are the same.
    """

    def __init__(self, from_rate: int, to_rate: int):
        self._stream = None
        if from_rate != to_rate:
            self._stream = soxr.ResampleStream(from_rate, to_rate, 1, dtype="float64", quality="HQ")

    def next(self, steps: np.ndarray) -> np.ndarray:
        """What comes out once the next `steps` [time] have gone in."""
        if self._stream is None:
            return steps
        return self._stream.resample_chunk(steps.astype(np.float64))

    def last(self) -> np.ndarray:
        """What comes out at the end."""
        nothing = np.zeros(0)
        if self._stream is None:
            return nothing
        return self._stream.resample_chunk(nothing, last=True)


def resampled_length(samples: int, from_rate: int, to_rate: int) -> int:
    """How many samples a file of `samples` samples at `from_rate` has at `to_rate`."""
    if from_rate == to_rate:
        return samples
    return max(1, samples * to_rate // from_rate)


def resampled(
    cut: Callable[[int, int], np.ndarray],
    samples: int,
    rates: tuple[int, int],
    start: int,
    stop: int,
) -> np.ndarray:
    """Samples `start` to `stop` of a signal at another rate, float64 [time] (soxr HQ).

    cut: gives samples of the signal from one place to another, as far as there are any. samples: of
    all of it. rates: its own and the other one.
    """
    grid = Grid.of(*rates)
    stop = min(stop, resampled_length(samples, *rates))
    first = start // grid.to_block
    end = -(-stop // grid.to_block)  # rounded up
    blocks = [np.zeros(0)]
    for number in range(first, end):
        blocks.append(_block(cut, samples, rates, grid, number))
    begin = first * grid.to_block
    return np.concatenate(blocks)[max(0, start - begin) : max(0, stop - begin)]


def _block(
    cut: Callable[[int, int], np.ndarray],
    samples: int,
    rates: tuple[int, int],
    grid: Grid,
    number: int,
) -> np.ndarray:
    """Block `number` of the grid at the other rate; the last is as long as the signal allows."""
    from_begin = number * grid.from_block
    margin = min(from_begin, grid.margin)  # nothing lies before the signal
    given = cut(from_begin - margin, from_begin + grid.from_block + grid.margin)
    with_margins = soxr.resample(given.astype(np.float64), *rates, quality="HQ")
    to_margin = margin * grid.to_block // grid.from_block
    block = with_margins[to_margin : to_margin + grid.to_block]
    total = resampled_length(samples, *rates)
    length = min(grid.to_block, total - number * grid.to_block)
    lacking = max(0, length - len(block))
    return np.pad(block, (0, lacking))
