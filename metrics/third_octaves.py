"""Envelopes of speech in third-octave bands, which both measures of intelligibility compare."""

from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.fft import rfft

from metrics.guard import NotComputable

SAMPLE_RATE = 10000
FRAME, HOP, FFT = 256, 128, 512  # samples
BANDS, LOWEST_HZ = 15, 150
RANGE_DB = 40.0  # a frame of the reference this far below its loudest one is silent
SEGMENT = 30  # frames that are correlated at once, 0.384 s
TINY = np.finfo(float).eps


def segments(
    reference: np.ndarray, estimate: np.ndarray, sample_rate: int
) -> tuple[np.ndarray, np.ndarray]:
    """Envelopes of two signals, float64 [time], in overlapping segments: [segment, band, frame] each.

    At 10 kHz, in 15 bands from 150 Hz, without the frames in which the reference is silent (Taal et al., IEEE TASLP
    2011, as pystoi reads it). The last pair is remembered: STOI and ESTOI ask for the same one. Raises NotComputable
    where fewer than 30 frames (0.4 s) are left.

    A tone of 600 Hz, two octaves above the lowest band, is heard in band 6:

    >>> tone = np.sin(2 * np.pi * 600 * np.arange(10000) / 10000)
    >>> clean, enhanced = segments(tone, 0.5 * tone, 10000)
    >>> int(clean.mean(axis=(0, 2)).argmax()), round(float((enhanced / clean).max()), 6)
    (6, 0.5)
    """
    found = _envelopes(reference.tobytes(), estimate.tobytes(), sample_rate)
    if found.shape[-1] < SEGMENT:
        seconds = SEGMENT * HOP / SAMPLE_RATE
        raise NotComputable(
            f"fewer than {SEGMENT} frames ({seconds:.1f} s) left after silence removal"
        )
    clean, enhanced = sliding_window_view(found, SEGMENT, axis=-1).transpose(0, 2, 1, 3)
    return clean, enhanced


@lru_cache(maxsize=1)
def _envelopes(reference: bytes, estimate: bytes, sample_rate: int) -> np.ndarray:
    """[signal, band, frame]."""
    from pystoi.utils import thirdoct

    pair = np.stack([_resampled(signal, sample_rate) for signal in (reference, estimate)])
    frames = _frames(_without_silence(_frames(pair)))
    bands, _ = thirdoct(SAMPLE_RATE, FFT, BANDS, LOWEST_HZ)
    return np.sqrt(bands @ (np.abs(rfft(frames, FFT)) ** 2).swapaxes(-1, -2))


@lru_cache(maxsize=2)  # one of them the reference, which the next estimate has too
def _resampled(signal: bytes, sample_rate: int) -> np.ndarray:
    from pystoi.utils import resample_oct

    samples = np.frombuffer(signal)
    return (
        samples if sample_rate == SAMPLE_RATE else resample_oct(samples, SAMPLE_RATE, sample_rate)
    )


def _frames(signals: np.ndarray) -> np.ndarray:
    """Windowed frames of signals [signal, time], less one that would end with them: [signal, frame, time]."""
    window = np.hanning(FRAME + 2)[1:-1]
    return (
        window * sliding_window_view(signals, FRAME, axis=-1)[:, : signals.shape[-1] - FRAME : HOP]
    )


def _without_silence(frames: np.ndarray) -> np.ndarray:
    """Frames of both signals where the first one speaks, overlapped and added to signals again: [signal, time]."""
    level_db = 20 * np.log10(np.linalg.norm(frames[0], axis=-1) + TINY)
    heard = frames[:, level_db > level_db.max() - RANGE_DB]
    begins, ends = heard[..., :HOP], heard[..., HOP:]
    nothing = np.zeros_like(begins[:, :1])
    joined = np.concatenate([begins, nothing], axis=1) + np.concatenate([nothing, ends], axis=1)
    return joined.reshape(len(frames), -1)
