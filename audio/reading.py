"""Reading audio files into the project's one form: mono 16-bit samples at the plan's rate."""

import threading
from collections import OrderedDict
from functools import partial
from pathlib import Path

import numpy as np

from audio import decoding, probing
from audio.header import Header
from audio.pcm import FULL_SCALE, UNCORRECTED, Correction, pcm
from audio.resampling import Resampler, Source, resampled, resampled_length

HELD = 256 * 2**20  # bytes of decoded files that are cached
ENDLESS = 2**62  # samples


def header(path: str | Path) -> tuple[int, int, int]:
    """(sample_rate, samples, channels) of a file.

    The file is decoded only where its header does not give its length. Raises ValueError with the
    reason where it cannot be read.
    """
    head = probing.header(path)
    return head.sample_rate, decoding.length(head), head.channels


def read(
    path: str | Path,
    sample_rate: int,
    start: int = 0,
    length: int | None = None,
    correction: Correction = UNCORRECTED,
) -> np.ndarray:
    """Samples [time] of `path` as 16-bit PCM at `sample_rate`.

    `start` and `length` count samples at that rate. Channels are averaged, and other rates are
    resampled (soxr HQ); a cut has the same samples as the whole signal there. Raises ValueError
    with the reason where the file cannot be decoded, holds NaN, or exceeds full scale. datagen.scan
    finds the `correction` of a file that exceeds full scale.
    """
    stop = ENDLESS if length is None else start + length
    try:
        head = probing.header(path)
        if head.exact and head.samples is not None:
            return _cut(head, sample_rate, start, stop, correction)
        return _cache.whole(head, sample_rate, correction)[start:stop].copy()
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _cut(
    head: Header, sample_rate: int, start: int, stop: int, correction: Correction
) -> np.ndarray:
    """Samples `start` to `stop` at `sample_rate` of an exact file, corrected."""
    cut = partial(_stretch, head, scaled=correction.gain != 1)
    if head.sample_rate == sample_rate:
        steps = cut(start, min(stop, head.samples))
    else:
        source = Source(cut, head.samples, head.sample_rate)
        steps = resampled(source, sample_rate, start, stop)
    return pcm(steps, correction)


def _stretch(head: Header, start: int, stop: int, scaled: bool) -> np.ndarray:
    """Samples of an exact file, in steps of 16 bit.

    scaled: samples may have any size, as the correction scales them. Otherwise raises ValueError
    for samples that 16 bits do not hold.
    """
    steps = decoding.stretch(head, start, stop)
    if scaled or steps.dtype == np.int16:
        return steps
    peak = np.abs(steps).max(initial=0)
    if peak > FULL_SCALE + 0.5:
        raise ValueError(
            f"exceeds full scale (peak {peak / FULL_SCALE:.3g}); "
            "with check_audio=true the whole file is scaled down"
        )
    return steps


class _Cache:
    """A cache of decoded files that can only be decoded whole: the most recently used ones.

    It keeps up to HELD bytes, or a single larger file. The threads of a process share it. While one
    thread decodes, the others wait, because most of them ask for the same file.
    """

    def __init__(self):
        self._files: OrderedDict[tuple, np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    def whole(self, head: Header, sample_rate: int, correction: Correction) -> np.ndarray:
        """All samples of a file at `sample_rate`, corrected."""
        modified = Path(head.path).stat().st_mtime_ns
        key = (head, modified, sample_rate, correction)
        with self._lock:
            if key not in self._files:
                self._files[key] = _decoded(head, sample_rate, correction)
                self._drop_oldest()
            self._files.move_to_end(key)
            return self._files[key]

    def _drop_oldest(self) -> None:
        """Drop the least recently used files, down to HELD bytes or one file."""
        held = sum(samples.nbytes for samples in self._files.values())
        while held > HELD and len(self._files) > 1:
            _, samples = self._files.popitem(last=False)
            held -= samples.nbytes


_cache = _Cache()


def _decoded(head: Header, sample_rate: int, correction: Correction) -> np.ndarray:
    """All samples of a file at `sample_rate`, corrected, by decoding it to its end."""
    count = 0  # samples at the file's own rate
    chunks = [np.zeros(0, np.int16)]
    resampler = Resampler(head.sample_rate, sample_rate)
    for block in decoding.blocks(head):
        mono = decoding.mono(block)
        count += len(mono)
        chunks.append(pcm(resampler.next(mono), correction))
    chunks.append(pcm(resampler.last(), correction))
    whole = np.concatenate(chunks)
    length = 0
    if count:
        length = resampled_length(count, head.sample_rate, sample_rate)
    lacking = max(0, length - len(whole))
    return np.pad(whole[:length], (0, lacking))
