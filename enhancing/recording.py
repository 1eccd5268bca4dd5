"""One recording to the same one enhanced: its rate, length, channels, format and tags stay."""

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

Progress = Callable[[float], object]  # told how many seconds more are done
# What makes of the blocks of a file, without channels of one value, the enhanced ones.
Making = Callable[[Iterator[np.ndarray], Header, Measured], Iterator[np.ndarray]]
LOUDEST_GAIN = 1 - 1e-9  # a scaled peak does not round above the limit


class Done(NamedTuple):
    """What became of a recording: remark, what is to be said of it; copied, for enhanced.

    found: what was found in it, on lines of its own.
    """

    remark: str = ""
    copied: bool = False
    found: str = ""


class TooLoudError(Exception):
    """What was to be written exceeds what its format holds. gain: what brings it within."""

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
    """Write `source` enhanced by a network to `target`: see `rewrite`, `enhanced_blocks`."""

    def making(heard: Iterator[np.ndarray], head: Header, _: Measured) -> Iterator[np.ndarray]:
        return enhanced_blocks(enhancer, heard, head.sample_rate, wish, through)

    return rewrite(making, source, target, progress)


def rewrite(
    making: Making, source: Path, target: Path, progress: Progress = lambda s: None
) -> Done:
    """Write what `making` makes of `source` to `target`, whole or not at all.

    What has no samples, and what has one value throughout, is copied. A channel of one value stays
    as it is beside others. What exceeds an integer format is made again and scaled, the whole file
    alike. Raises ValueError for what is no audio, is cut short, holds NaN, or is of a format that
    cannot be written, OSError where `target` cannot be.
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
    """The enhanced blocks of a file; channels of one value stay."""
    heard = _heard(head, measured, progress)
    for enhanced in making(heard, head, measured):
        block = np.tile(measured.low, (len(enhanced), 1))
        block[:, ~measured.constant] = enhanced
        yield block


def _heard(head: Header, measured: Measured, progress: Progress) -> Iterator[np.ndarray]:
    """The channels in which something can be heard: [time, channel] each."""
    for block in channel_blocks(head):
        yield block[:, ~measured.constant]
        progress(len(block) / head.sample_rate)


def heard_by_network(enhancer: Enhancer, source: Path) -> np.ndarray | None:
    """All that a network is given of a file, at its rate: [time, channel]; None: nothing.

    Raises ValueError as `enhance_recording` does.
    """
    head = probing.header(source)
    measured = measure(head)
    if measured.samples == 0 or measured.constant.all():
        return None
    heard = _heard(head, measured, lambda s: None)
    return np.concatenate(list(at_network(enhancer, heard, head.sample_rate)))


def _within(form: Form, blocks: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    """`blocks`; after the last one TooLoudError is raised where the format does not hold them."""
    low, high = 0.0, 0.0
    for block in blocks:
        low, high = min(low, float(block.min())), max(high, float(block.max()))
        yield block
    gain = form.gain(low, high)
    if gain < 1:
        raise TooLoudError(gain)
