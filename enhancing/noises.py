"""The noises in a file by a tagger, which reads the file block by block."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from audio import probing
from audio.channels import channel_blocks, measure
from audio.resampling import resampled_blocks
from models.tagging.namer import Namer

TOLD = 3  # classes that are printed for a file
LEAST = 0.01  # the least probability that is printed


def noises(namer: Namer, source: Path) -> dict[str, float]:
    """The probability of each class of `namer`, the likeliest first; of the mean of all channels.

    Empty for silence. Raises ValueError for a file that is not audio, is truncated, or holds NaN.
    """
    head = probing.header(source)
    measured = measure(head)
    if measured.samples == 0 or measured.constant.all():
        return {}

    def mono() -> Iterator[np.ndarray]:
        for block in channel_blocks(head):
            yield block.mean(1, keepdims=True)

    resampled = resampled_blocks(mono(), head.sample_rate, namer.sample_rate)
    return namer.probabilities(block[:, 0] for block in resampled)


def in_words(chances: dict[str, float]) -> str:
    """The likeliest classes on a line.

    >>> in_words({"rain": 0.75, "wind": 0.246, "sea_waves": 0.004})
    'rain 75 %, wind 25 %'
    """
    told = [(name, chance) for name, chance in chances.items() if chance >= LEAST][:TOLD]
    return ", ".join(f"{name} {100 * chance:.0f} %" for name, chance in told)
