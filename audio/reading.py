"""Reading audio files into the project's one form: mono 16-bit samples at the plan's rate."""

import threading
from collections import OrderedDict
from pathlib import Path

import numpy as np
import soxr

from audio import decoding
from audio.decoding import Header
from audio.pcm import FULL_SCALE, UNCORRECTED, Correction, pcm
from audio.resampling import resampled, resampled_length

HELD = 256 * 2**20  # bytes of decoded files that are held, of those that cannot be cut without decoding them whole


def header(path: str | Path) -> tuple[int, int, int]:
    """(sample_rate, samples, channels) of a file; ValueError with the reason where it cannot be read.

    From the header alone, or, where that does not say how long the file is, by decoding it.
    """
    head = decoding.header(path)
    return head.sample_rate, decoding.length(head), head.channels


def read(
    path: str | Path, sample_rate: int, start: int = 0, length: int | None = None, correction: Correction = UNCORRECTED
) -> np.ndarray:
    """Samples [time] of `path` as 16-bit PCM at `sample_rate`; `start` and `length` count samples at that rate.

    Channels are averaged and other rates resampled (soxr HQ), in such a way that a cut has the same samples wherever it
    begins. Raises ValueError naming the reason where the file cannot be decoded, holds NaN, or exceeds full scale, for
    which datagen.scan finds the `correction`.
    """
    try:
        head = decoding.header(path)
        stop = 2**62 if length is None else start + length
        if not head.exact or head.samples is None:
            return _store.whole(head, sample_rate, correction)[start:stop].copy()
        check = _require_full_scale if correction.gain == 1 else _take_all
        if head.sample_rate != sample_rate:
            return pcm(resampled(head, sample_rate, start, stop, check), correction)
        steps = decoding.stretch(head, start, min(stop, head.samples))
        check(steps)
        return pcm(steps, correction)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _take_all(steps: np.ndarray) -> None:
    """Samples of a file that is scaled may be of any size."""


def _require_full_scale(steps: np.ndarray) -> None:
    if steps.dtype != np.int16 and (peak := np.abs(steps).max(initial=0)) > FULL_SCALE + 0.5:
        raise ValueError(
            f"exceeds full scale (peak {peak / FULL_SCALE:.3g}); with check_audio=true the whole file is scaled down"
        )


class _Store:
    """Files that can only be decoded whole, decoded: the last ones that were asked for, up to HELD bytes and one more.

    Threads of one process share it; while one decodes, the others wait, for most ask for the same file.
    """

    def __init__(self):
        self._files: OrderedDict[tuple, np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    def whole(self, head: Header, sample_rate: int, correction: Correction) -> np.ndarray:
        """All samples of a file at `sample_rate`, corrected."""
        key = (head, Path(head.path).stat().st_mtime_ns, sample_rate, correction)
        with self._lock:
            if key not in self._files:
                self._files[key] = _decoded(head, sample_rate, correction)
                while len(self._files) > 1 and sum(one.nbytes for one in self._files.values()) > HELD:
                    self._files.popitem(last=False)
            self._files.move_to_end(key)
            return self._files[key]


_store = _Store()


def _decoded(head: Header, sample_rate: int, correction: Correction) -> np.ndarray:
    samples, parts, resampler = 0, [], None
    if sample_rate != head.sample_rate:
        resampler = soxr.ResampleStream(head.sample_rate, sample_rate, 1, dtype="float64", quality="HQ")
    for block in map(decoding.mono, decoding.blocks(head)):
        samples += len(block)
        steps = block if resampler is None else resampler.resample_chunk(block.astype(np.float64))
        parts.append(pcm(steps, correction))
    if resampler is not None:
        parts.append(pcm(resampler.resample_chunk(np.zeros(0), last=True), correction))
    whole = np.concatenate([np.zeros(0, np.int16), *parts])
    length = resampled_length(samples, head.sample_rate, sample_rate) if samples else 0
    return np.pad(whole[:length], (0, max(0, length - len(whole))))
