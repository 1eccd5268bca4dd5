"""Enhances a signal of any rate and channels by a network of another rate, without delay."""

import functools
from collections.abc import Callable, Iterable, Iterator
from itertools import tee
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from audio.resampling import resampled_blocks
from dsp.decibel import mixture_share
from enhancing.track import Track, side_by_side
from enhancing.upper_band import HOP_S, UpperGain, above
from models.enhancer import Enhancer
from models.pieces import in_blocks

TAIL_S = 0.01  # zeros after a resampled signal, so that its last samples are resampled completely


Through = Callable[[Iterator[np.ndarray]], Iterator[np.ndarray]]


class Wish(NamedTuple):
    """Options of an enhanced signal.

    attenuation_limit_db: the largest attenuation; None: no limit. keep_upper_band: whether the band
    above the network's band stays, times the gain of the network's top octave.
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
    """The enhanced signal: as many samples, without delay, each channel separately.

    With a limit of L dB it is g * mixture + (1 - g) * enhanced with g = 10^(-L / 20). All samples
    that are known are yielded before the next block is read. through: maps `at_network` to the
    enhanced signal at the network's rate; by default `enhancer` does so block by block.

    Shapes: [time, channel] each, full scale 1. Raises ValueError if the network outputs NaN.
    """
    through = through or functools.partial(_through, enhancer)
    own, source = tee(block for block in blocks if len(block))
    if wish.attenuation_limit_db == 0:
        yield from own
        return
    share = mixture_share(wish.attenuation_limit_db)
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
    hop = round(HOP_S * sample_rate)  # samples for which a gain is computed at once
    for upper, below in side_by_side(above(to_split, sample_rate, rate), lower, hop):
        yield below + gain.take(len(upper)) * upper


def at_network(
    enhancer: Enhancer, blocks: Iterator[np.ndarray], sample_rate: int
) -> Iterator[np.ndarray]:
    """A signal at the network's rate, with the zeros that resampling it back needs."""
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
    """The enhanced signal at the network's rate; each channel is an item of the network's batch."""
    given = (to_tensor(enhancer, block) for block in blocks if len(block))
    for out in in_blocks(enhancer, given):
        yield from_tensor(out)


def to_tensor(enhancer: Enhancer, block: np.ndarray) -> Tensor:
    """Samples as the network's input, on its device: [time, channel] -> [channel, time]."""
    return torch.from_numpy(block.T.astype(np.float32)).to(enhancer.stft.window)


def from_tensor(enhanced: Tensor) -> np.ndarray:
    """The inverse of `to_tensor`; raises ValueError for NaN."""
    if not torch.isfinite(enhanced).all():
        raise ValueError("the network gave NaN of it; choose another run")
    return enhanced.T.cpu().numpy().astype(np.float64)
