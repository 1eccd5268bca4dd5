"""A signal of any rate and channels through a network of another rate, in time with itself."""

import functools
from collections.abc import Callable, Iterable, Iterator
from itertools import tee
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from audio.resampling import resampled_blocks
from dsp.decibel import amplitude
from enhancing.track import Track, side_by_side
from enhancing.upper_band import HOP_S, UpperGain, above
from models.enhancer import Enhancer
from models.pieces import in_blocks

TAIL_S = 0.01  # of zeros after a signal that is resampled: its last samples come back whole


Through = Callable[[Iterator[np.ndarray]], Iterator[np.ndarray]]


class Wish(NamedTuple):
    """What is wanted of an enhanced signal.

    attenuation_limit_db: how much may be taken away at most; None: all. keep_upper_band: whether
    what lies above the network's band stays, turned down as its top octave is.
    """

    attenuation_limit_db: float | None = None
    keep_upper_band: bool = False


def enhanced_blocks(
    enhancer: Enhancer,
    blocks: Iterable[np.ndarray],
    sample_rate: int,
    wish: Wish,
    through: Through | None = None,
) -> Iterator[np.ndarray]:
    """The enhanced signal: as many samples, without delay, every channel by itself.

    With a limit of L dB it is g * mixture + (1 - g) * enhanced with g = 10^(-L / 20). What is known
    of it is given before another block is asked for. through: what makes of `at_network` the
    enhanced signal at the network's rate, where that is not to be `enhancer` block by block.

    Shapes: [time, channel] each, full scale 1. Raises ValueError where the network gives NaN.
    """
    through = through or functools.partial(_through, enhancer)
    own, source = tee(block for block in blocks if len(block))
    if wish.attenuation_limit_db == 0:
        yield from own
        return
    share = 0.0
    if wish.attenuation_limit_db is not None:
        share = amplitude(-wish.attenuation_limit_db)
    if wish.keep_upper_band and sample_rate > enhancer.stft.sample_rate:
        enhanced = _with_upper_band(enhancer, source, sample_rate, through)
    else:
        made = through(at_network(enhancer, source, sample_rate))
        enhanced = resampled_blocks(made, enhancer.stft.sample_rate, sample_rate)
    for mixture, made in side_by_side(own, Track(enhanced)):
        yield share * mixture + (1 - share) * made


def _with_upper_band(
    enhancer: Enhancer, source: Iterator[np.ndarray], sample_rate: int, through: Through
) -> Iterator[np.ndarray]:
    rate = enhancer.stft.sample_rate
    to_network, to_split = tee(source)
    mixture, seen = tee(at_network(enhancer, to_network, sample_rate))
    made, heard = tee(through(mixture))
    lower = Track(resampled_blocks(made, rate, sample_rate))
    gain = UpperGain(seen, heard, rate, sample_rate)
    hop = round(HOP_S * sample_rate)  # a gain is known for so long at once
    for upper, below in side_by_side(above(to_split, sample_rate, rate), lower, hop):
        yield below + gain.take(len(upper)) * upper


def at_network(
    enhancer: Enhancer, blocks: Iterator[np.ndarray], sample_rate: int
) -> Iterator[np.ndarray]:
    """A signal at the network's rate, and what it takes for it to come back whole."""
    rate = enhancer.stft.sample_rate
    if rate == sample_rate:
        return blocks
    return resampled_blocks(_with_tail(blocks, round(TAIL_S * sample_rate)), sample_rate, rate)


def _with_tail(blocks: Iterator[np.ndarray], samples: int) -> Iterator[np.ndarray]:
    channels = 0
    for block in blocks:
        channels = block.shape[1]
        yield block
    if channels:
        yield np.zeros((samples, channels))


def _through(enhancer: Enhancer, blocks: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    """The network's part: every channel an item of its batch."""
    given = (to_tensor(enhancer, block) for block in blocks if len(block))
    for out in in_blocks(enhancer, given):
        yield from_tensor(out)


def to_tensor(enhancer: Enhancer, block: np.ndarray) -> Tensor:
    """Samples as a network takes them: [time, channel] -> [channel, time], where it is."""
    return torch.from_numpy(block.T.astype(np.float32)).to(enhancer.stft.window)


def from_tensor(enhanced: Tensor) -> np.ndarray:
    """The reverse of `to_tensor`; raises ValueError for NaN."""
    if not torch.isfinite(enhanced).all():
        raise ValueError("the network gave NaN of it; choose another run")
    return enhanced.T.cpu().numpy().astype(np.float64)
