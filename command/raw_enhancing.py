"""Enhances raw samples from standard input to standard output, as they arrive."""

import contextlib
import functools
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
import torch
from omegaconf import DictConfig, OmegaConf

from audio.raw import RawForm, RawReader
from command.enhanced_by import one_enhancer, run_of, what_is_lost, wish_of
from enhancing.delay import in_words
from enhancing.signal import enhanced_blocks
from models.enhancer import Enhancer


class Streamed(NamedTuple):
    """An enhancer of a stream.

    blocks: maps blocks [time, channel] to enhanced blocks, without delay. late: a line about the
    latency. lost: a line about lost parts of the signal; "" for none.
    """

    blocks: Callable[[Iterable[np.ndarray]], Iterator[np.ndarray]]
    late: str
    lost: str


def by_network(cfg: DictConfig, enhancer: Enhancer, sample_rate: int) -> Streamed:
    """The enhancer of a trained run."""
    wish = wish_of(cfg)

    def blocks(heard: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        return enhanced_blocks(enhancer, heard, sample_rate, wish)

    lost = what_is_lost(wish, sample_rate, enhancer.stft.sample_rate)
    return Streamed(blocks, in_words(enhancer, sample_rate, wish), lost)


def by_lines(cfg: DictConfig, sample_rate: int) -> Streamed:
    """The causal line enhancer; raises ValueError for another system."""
    from enhancing.lines import LineWish, online, online_blocks, online_in_words

    options = OmegaConf.to_container(cfg.line_enhancer_online, resolve=True)
    wish = LineWish(options, cfg.attenuation_limit_db)
    system = online(wish, sample_rate)
    blocks = functools.partial(online_blocks, system, share=wish.share)
    return Streamed(blocks, online_in_words(system), "")


def enhance_raw(cfg: DictConfig) -> None:
    """Enhance until the input ends; messages go to standard error.

    The output has as many samples as the input, and sample k belongs to sample k of the input.
    Raises ValueError for input that is not raw audio. If the reader of the output stops, the script
    ends as other filters do.
    """
    torch.set_num_threads(1)  # a hop is too little for more
    if cfg.lines:
        streamed = by_lines(cfg, cfg.rate)
    else:
        streamed = by_network(cfg, one_enhancer(run_of(cfg)), cfg.rate)
    form = RawForm(cfg.format, cfg.channels)
    say_how(cfg, streamed, cfg.rate)
    reader = RawReader(sys.stdin.buffer, form)
    peak, samples = 0.0, 0
    with _output() as write:
        for block in streamed.blocks(reader.blocks()):
            peak = max(peak, float(abs(block).max()))
            samples += len(block)
            write(form.packed(block))
    say(f"{samples} samples enhanced, {samples / cfg.rate:.2f} s")
    if peak > 1 and not form.is_float:
        say(f"what exceeded full scale, by up to {peak:.2f} times, was cut off")
    if reader.left_over:
        say(f"the last {reader.left_over} bytes were no whole sample and are left out")


def say_how(cfg: DictConfig, streamed: Streamed, sample_rate: int) -> None:
    """Print the latency, and the parts of the signal that are lost."""
    say(f"{cfg.channels} x {sample_rate} Hz, {streamed.late}; Ctrl-C ends it")
    if streamed.lost:
        say(streamed.lost)


def say(line: str) -> None:
    """Print a line to the stream that has no samples."""
    print(f"enhance.py: {line}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def _output() -> Iterator:
    """A function that writes all bytes to standard output at once."""
    with open(1, "wb", buffering=0, closefd=False) as stream:

        def write(data: bytes) -> None:
            left = memoryview(data)
            while left:
                left = left[stream.write(left) :]

        try:
            yield write
        except BrokenPipeError:
            raise SystemExit(128 + signal.SIGPIPE) from None
