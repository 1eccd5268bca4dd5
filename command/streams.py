"""What a stream of samples goes through, as typed at enhance.py."""

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
from omegaconf import DictConfig, OmegaConf

from command.enhancing import what_is_lost, wish_of
from enhancing.delay import in_words
from enhancing.signal import enhanced_blocks
from models.enhancer import Enhancer


class Streamed(NamedTuple):
    """What enhances a stream.

    blocks: of it, [time, channel] each, to the enhanced ones, without delay. late: how late they
    come. lost: what of it goes; "" for nothing. Both for people.
    """

    blocks: Callable[[Iterable[np.ndarray]], Iterator[np.ndarray]]
    late: str
    lost: str


def by_network(cfg: DictConfig, enhancer: Enhancer, sample_rate: int) -> Streamed:
    """By a trained run."""
    wish = wish_of(cfg)

    def blocks(heard: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        return enhanced_blocks(enhancer, heard, sample_rate, wish)

    lost = what_is_lost(wish, sample_rate, enhancer.stft.sample_rate)
    return Streamed(blocks, in_words(enhancer, sample_rate, wish), lost)


def by_lines(cfg: DictConfig, sample_rate: int) -> Streamed:
    """By the line enhancer for signals that have not ended; ValueError for another system."""
    from enhancing.lines import LineWish, online, online_blocks, online_in_words

    options = OmegaConf.to_container(cfg.line_enhancer_online, resolve=True)
    wish = LineWish(options, cfg.attenuation_limit_db)
    system = online(wish, sample_rate)
    blocks = functools.partial(online_blocks, system, share=wish.share)
    return Streamed(blocks, online_in_words(system), "")
