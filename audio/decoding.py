"""Audio files as mono samples in steps of 16 bit, a block at a time, however they were written."""

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile

from audio.header import Header
from audio.opening import opened, piped
from audio.pcm import FULL_SCALE
from audio.probing import probe

BLOCK = 2**17  # samples of all channels that are decoded at once: a megabyte as floats
MESSAGES = {  # where libsndfile's own words help nobody
    "System error.": "is no audio that libsndfile reads",
    "Format not recognised.": "is no audio that libsndfile reads",
    "Error : unknown error in flac decoder.": ("its FLAC stream is damaged, or does not say how long it is"),
}


def header(path: str | Path) -> Header:
    """The header of `path`; ValueError with the reason where it has none or promises too much."""
    try:
        status = os.stat(path)  # noqa: PTH116 - a Path costs more than the rest of a look-up
    except FileNotFoundError as error:
        raise ValueError("no such file") from error
    except OSError as error:
        raise ValueError(f"{error.strerror}") from error
    return _header(str(path), status.st_size, status.st_mtime_ns)


@lru_cache(2**15)
def _header(path: str, size: int, _: int) -> Header:
    """See `header`; remembered for as long as size and time of modification stay what they are."""
    if size == 0:
        raise ValueError("is empty (0 bytes)")
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            head = probe(path, file, size)
    except (soundfile.LibsndfileError, OSError) as error:
        raise ValueError(reason(error)) from error
    if head.sample_rate <= 0 or head.channels <= 0:
        raise ValueError(f"its header says {head.sample_rate} Hz and {head.channels} channels")
    return head


def blocks(head: Header) -> Iterator[np.ndarray]:
    """The whole file, block by block, as int16 or as float64 in steps of 16 bit.

    Shapes: [time] or [time, channel].

    Raises ValueError with the reason where it cannot be decoded, holds NaN, or its links differ in
    rate or channels.
    """
    try:
        for number in range(max(1, len(head.links))):
            yield from _blocks_of_link(head, number)
    except (soundfile.LibsndfileError, OSError) as error:
        raise ValueError(reason(error)) from error


def _blocks_of_link(head: Header, number: int) -> Iterator[np.ndarray]:
    """The blocks of one link, which decodes like a file of its own."""
    size = max(1, BLOCK // head.channels)
    opening = piped if head.piped else opened
    with opening(head, number) as file:
        if (file.samplerate, file.channels) != (head.sample_rate, head.channels):
            raise ValueError("was joined of files of different rates or channels; split it")
        while len(block := _decoded(file, size)):
            yield block


def length(head: Header) -> int:
    """Samples of a file: as its header says, or, where that does not, as many as decode."""
    if head.samples is not None:
        return head.samples
    return sum(len(block) for block in blocks(head))


def stretch(head: Header, begin: int, stop: int) -> np.ndarray:
    """Samples `begin` to `stop` of an exact file, at its own rate, as mono steps (see `blocks`)."""
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


def reason(error: Exception) -> str:
    """Why libsndfile or the system refused, in one line."""
    text = getattr(error, "error_string", None)
    if not text:
        text = " ".join(str(error).split())
    return MESSAGES.get(text, text)


def _decoded(file: soundfile.SoundFile, frames: int) -> np.ndarray:
    """The next `frames` samples of every channel, or as many as are left."""
    if file.subtype == "PCM_16" and file.channels == 1:
        return file.read(frames, dtype="int16")
    block = file.read(frames, dtype="float64", always_2d=file.channels > 1)
    if not np.isfinite(block).all():
        raise ValueError("holds NaN or infinite samples")
    block *= FULL_SCALE
    return block
