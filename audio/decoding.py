"""Decodes audio files of any format block by block, to samples in steps of 16 bit."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import numpy as np
import soundfile

from audio.ffmpeg import CODING, FFmpegFile
from audio.header import Header
from audio.opening import opened, piped, reason
from audio.pcm import FULL_SCALE

BLOCK = 2**17  # samples of all channels per block: a megabyte as floats


Read = Callable[[soundfile.SoundFile, int], np.ndarray]  # the next samples of an open file


def blocks(head: Header) -> Iterator[np.ndarray]:
    """The blocks of a whole file, as int16 or as float64 in steps of 16 bit.

    Shapes: [time] or [time, channel].

    Raises ValueError with the reason where the file cannot be decoded, holds NaN, or has links that
    differ in rate or channels.
    """
    return read_blocks(head, _decoded, max(1, BLOCK // head.channels))


def read_blocks(head: Header, read: Read, size: int) -> Iterator[np.ndarray]:
    """The blocks of a whole file by `read`, `size` samples per channel each; raises as `blocks`."""
    try:
        for number in range(max(1, len(head.links))):
            yield from _blocks_of_link(head, number, read, size)
    except (soundfile.LibsndfileError, OSError) as error:
        raise ValueError(reason(error)) from error


def _blocks_of_link(head: Header, number: int, read: Read, size: int) -> Iterator[np.ndarray]:
    """The blocks of one link, which is decoded like a file by itself."""
    with _opened(head, number) as file:
        if (file.samplerate, file.channels) != (head.sample_rate, head.channels):
            raise ValueError("was joined of files of different rates or channels; split it")
        while len(block := read(file, size)):
            yield block


def _opened(head: Header, number: int) -> AbstractContextManager:
    """A link, opened by FFmpeg or by libsndfile, directly or through a pipe."""
    if head.coding.startswith(CODING):
        return FFmpegFile(head.path)
    return piped(head, number) if head.piped else opened(head, number)


def length(head: Header) -> int:
    """The number of samples of a file: from its header, or else by decoding it."""
    if head.samples is not None:
        return head.samples
    return sum(len(block) for block in blocks(head))


def stretch(head: Header, begin: int, stop: int) -> np.ndarray:
    """Mono samples `begin` to `stop` of an exact file at its own rate: [time], see `blocks`."""
    try:
        with opened(head, 0, soundfile.SoundFile) as file:
            file.seek(min(begin, file.frames))
            block = _decoded(file, stop - begin)
            return mono(block)
    except (soundfile.LibsndfileError, OSError) as error:
        raise ValueError(reason(error)) from error


def mono(block: np.ndarray) -> np.ndarray:
    """The mean of all channels: [time] or [time, channel] -> [time]."""
    if block.ndim == 1:
        return block
    return block.mean(axis=1)


def _decoded(file: soundfile.SoundFile, frames: int) -> np.ndarray:
    """The next `frames` samples of every channel; fewer at the end of the file."""
    if file.subtype == "PCM_16" and file.channels == 1:
        return file.read(frames, dtype="int16")
    block = floats(file, frames)
    block *= FULL_SCALE
    return block[:, 0] if file.channels == 1 else block


def floats(file: soundfile.SoundFile, frames: int) -> np.ndarray:
    """The next `frames` samples, fewer at the end, full scale 1: float64 [time, channel].

    Raises ValueError for NaN.
    """
    block = file.read(frames, dtype="float64", always_2d=True)
    if not np.isfinite(block).all():
        raise ValueError("holds NaN or infinite samples")
    return block
