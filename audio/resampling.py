"""Other rates, block by block: a cut has the same samples wherever it begins, and costs what it is long."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import soxr

from audio import decoding
from audio.decoding import Header

BLOCK_S = 2.0
MARGIN_S = 0.1  # on both sides of a block: soxr's filter is much shorter


@dataclass(frozen=True)
class Grid:
    """Blocks that begin at whole samples of both rates, which all that is resampled consists of.

    block, margin: in samples of the one rate and of the other.
    """

    block: tuple[int, int]
    margin: tuple[int, int]

    @classmethod
    def of(cls, from_rate: int, to_rate: int) -> "Grid":
        """The grid of a file at `from_rate` that is read at `to_rate`."""
        common = math.gcd(from_rate, to_rate)
        step = np.array([from_rate, to_rate]) // common  # both rates meet so often
        block, margin = (tuple(int(n) for n in step * math.ceil(seconds * common)) for seconds in (BLOCK_S, MARGIN_S))
        return cls(block, margin)


def resampled_length(samples: int, from_rate: int, to_rate: int) -> int:
    """How many samples a file of `samples` samples at `from_rate` has at `to_rate`."""
    return samples if from_rate == to_rate else max(1, samples * to_rate // from_rate)


def resampled(
    head: Header, to_rate: int, start: int, stop: int, check: Callable[[np.ndarray], None] = lambda steps: None
) -> np.ndarray:
    """Samples `start` to `stop` at `to_rate` of an exact file, in steps of 16 bit, float64 [time] (soxr HQ).

    check: sees all samples before they are resampled.
    """
    grid = Grid.of(head.sample_rate, to_rate)
    stop = min(stop, resampled_length(head.samples, head.sample_rate, to_rate))
    length = grid.block[1]
    blocks = [_block(head, to_rate, grid, number, check) for number in range(start // length, -(-stop // length))]
    first = start // length * length
    return np.concatenate([np.zeros(0), *blocks])[max(0, start - first) : max(0, stop - first)]


def _block(head: Header, to_rate: int, grid: Grid, number: int, check: Callable[[np.ndarray], None]) -> np.ndarray:
    before = min(number * grid.block[0], grid.margin[0])  # nothing lies before the file
    begin = number * grid.block[0] - before
    samples = decoding.stretch(head, begin, (number + 1) * grid.block[0] + grid.margin[0])
    check(samples)
    whole = soxr.resample(samples.astype(np.float64), head.sample_rate, to_rate, quality="HQ")
    skipped = before * grid.block[1] // grid.block[0]
    block = whole[skipped : skipped + grid.block[1]]
    lacking = min(grid.block[1], resampled_length(head.samples, head.sample_rate, to_rate) - number * grid.block[1])
    return np.pad(block, (0, max(0, lacking - len(block))))
