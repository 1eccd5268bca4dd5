"""Enhances one recording; its rate, length, channels, format and tags stay."""

import math
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from audio import probing
from audio.channels import Measured, channel_blocks, measure
from audio.header import Header
from audio.metadata import read_tags
from audio.writing import Form, write_blocks
from enhancing.signal import Through, Wish, at_network, enhanced_blocks
from files.atomic import appearing
from models.enhancer import Enhancer

Progress = Callable[[float], object]  # called with the seconds of audio that are newly done
# Maps the blocks of a file, without its constant channels, to enhanced blocks.
Making = Callable[[Iterator[np.ndarray], Header, Measured], Iterator[np.ndarray]]
LOUDEST_GAIN = 1 - 1e-9  # keeps a scaled peak from being rounded above the limit


class Done(NamedTuple):
    """The outcome of a recording: a remark, and whether it was copied instead of enhanced.

    details: lines with further results.
    """

    remark: str = ""
    copied: bool = False
    details: str = ""


class TooLoudError(Exception):
    """The output exceeds the range of its format. gain: the gain that brings it into the range."""

    def __init__(self, gain: float):
        super().__init__()
        self.gain = gain


def enhance_recording(
    enhancer: Enhancer,
    source: Path,
    target: Path,
    wish: Wish,
    progress: Progress = lambda s: None,
    through: Through | None = None,
) -> Done:
    """Write `source`, enhanced by a network, to `target`: see `rewrite` and `enhanced_blocks`."""

    def making(heard: Iterator[np.ndarray], head: Header, _: Measured) -> Iterator[np.ndarray]:
        return enhanced_blocks(enhancer, heard, head.sample_rate, wish, through)

    return rewrite(making, source, target, progress)


def rewrite(
    making: Making, source: Path, target: Path, progress: Progress = lambda s: None
) -> Done:
    """Write the output of `making` for `source` to `target`, atomically.

    A file without samples, or with one constant value, is copied. A constant channel among others
    is copied unchanged. If the output exceeds the range of an integer format, the file is computed
    again and scaled as a whole. Raises ValueError for a file that is not audio, is truncated, holds
    NaN, or has a format that cannot be written, and OSError if `target` cannot be written.
    """
    head = probing.header(source)
    measured = measure(head)
    if measured.samples == 0 or measured.constant.all():
        with appearing(target) as unfinished:
            shutil.copyfile(source, unfinished)
        return Done(f"copied unchanged, for it {_why_copied(measured)}", copied=True)
    form, tags = Form.of(head), read_tags(head)
    blocks = _blocks(making, head, measured, progress)
    try:
        write_blocks(target, form, _within(form, blocks), tags)
    except TooLoudError as loud:
        gain = loud.gain * LOUDEST_GAIN
        blocks = _blocks(making, head, measured, lambda s: None)
        write_blocks(target, form, (gain * block for block in blocks), tags)
        return Done(
            f"turned down by {-20 * math.log10(gain):.1f} dB, or it would exceed full scale"
        )
    return Done()


def _why_copied(measured: Measured) -> str:
    if measured.samples == 0:
        return "has no samples"
    if not measured.low.any():
        return "is silent"
    return "is constant"


def _blocks(
    making: Making, head: Header, measured: Measured, progress: Progress
) -> Iterator[np.ndarray]:
    """The enhanced blocks of a file; constant channels are unchanged."""
    heard = _heard(head, measured, progress)
    for enhanced in making(heard, head, measured):
        block = np.tile(measured.low, (len(enhanced), 1))
        block[:, ~measured.constant] = enhanced
        yield block


def _heard(head: Header, measured: Measured, progress: Progress) -> Iterator[np.ndarray]:
    """The blocks of the channels that are not constant: [time, channel] each."""
    for block in channel_blocks(head):
        yield block[:, ~measured.constant]
        progress(len(block) / head.sample_rate)


def network_input(enhancer: Enhancer, source: Path) -> np.ndarray | None:
    """The network's whole input for a file, at the network's rate: [time, channel]; None: no input.

    Raises the ValueError of `enhance_recording`.
    """
    head = probing.header(source)
    measured = measure(head)
    if measured.samples == 0 or measured.constant.all():
        return None
    heard = _heard(head, measured, lambda s: None)
    return np.concatenate(list(at_network(enhancer, heard, head.sample_rate)))


def _within(form: Form, blocks: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    """`blocks`; raises TooLoudError after the last block if the format cannot hold them."""
    low, high = 0.0, 0.0
    for block in blocks:
        low, high = min(low, float(block.min())), max(high, float(block.max()))
        yield block
    gain = form.gain(low, high)
    if gain < 1:
        raise TooLoudError(gain)
