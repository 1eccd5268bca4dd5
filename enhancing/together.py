"""Enhances short recordings in one batch, which is faster on a GPU."""

import functools
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from enhancing.recording import network_input
from enhancing.signal import Through, from_tensor, to_tensor
from models.enhancer import Enhancer

SHORT_S = 60.0  # a longer recording is enhanced alone, block by block


def together(enhancer: Enhancer, sources: Sequence[Path]) -> list[Through | None]:
    """The argument `through` of `enhance_recording` for each file; all channels are in one batch.

    Shorter signals are padded at the end, which does not change earlier estimates. None for a
    single file, and for a file that cannot be read or has nothing to enhance: its error is raised
    when it is written.
    """
    given = [] if len(sources) < 2 else [_given(enhancer, source) for source in sources]
    heard = [to_tensor(enhancer, samples) for samples in given if samples is not None]
    if len(heard) < 2:
        return [None] * len(sources)
    enhanced = iter(_enhanced(enhancer, heard))
    return [
        None if samples is None else functools.partial(_known, next(enhanced)) for samples in given
    ]


def _enhanced(enhancer: Enhancer, signals: list[Tensor]) -> Iterator[Tensor]:
    """Enhance signals of several lengths: [channel, time] each -> the same shapes."""
    stft = enhancer.stft
    channels = [channel for signal in signals for channel in signal]
    times = [len(channel) for channel in channels]
    spectrum = stft(pad_sequence(channels, batch_first=True))
    for item, time in zip(spectrum, times, strict=True):
        item[:, int(stft.frames(time)) :] = 0  # frames that the signal would not have alone
    enhanced = iter(zip(enhancer.enhanced_spectrum(spectrum), times, strict=True))
    for signal in signals:
        made = []
        for item, time in itertools.islice(enhanced, len(signal)):
            own = item[None, :, : int(stft.frames(time))]
            made.append(stft.inverse(own, time))
        yield torch.cat(made)


def _given(enhancer: Enhancer, source: Path) -> np.ndarray | None:
    try:
        return network_input(enhancer, source)
    except (ValueError, OSError):
        return None


def _known(enhanced: Tensor, blocks: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    """The enhanced signal, which was computed before; `blocks` is not read."""
    given = 0
    for block in blocks:
        yield from_tensor(enhanced[:, given : given + len(block)])
        given += len(block)
