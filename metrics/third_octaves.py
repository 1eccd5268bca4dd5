"""Envelopes of speech in third-octave bands, for both measures of intelligibility."""

from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.fft import rfft

from metrics.guard import NotComputable

SAMPLE_RATE = 10000
FRAME, HOP, FFT = 256, 128, 512  # samples
BANDS, LOWEST_HZ = 15, 150
RANGE_DB = 40.0  # a frame of the reference this far below its loudest one is silent
SEGMENT = 30  # frames of a segment, 0.384 s
TINY = np.finfo(float).eps


def segments(
    reference: np.ndarray, estimate: np.ndarray, sample_rate: int
) -> tuple[np.ndarray, np.ndarray]:
    """Envelopes of two signals, float64 [time], in overlapping segments.

    Shapes: [segment, band, frame] each. The envelopes are those at 10 kHz in 15 bands from 150 Hz,
    without the frames in which the reference is silent (Taal et al., IEEE TASLP 2011, as pystoi
    computes them). The envelopes of the last pair are cached: STOI and ESTOI ask for the same pair.
    Raises NotComputable where fewer than 30 frames (0.4 s) are left.

    A tone of 600 Hz, two octaves above the lowest band, is in band 6:

    >>> tone = np.sin(2 * np.pi * 600 * np.arange(10000) / 10000)
    >>> clean, enhanced = segments(tone, 0.5 * tone, 10000)
    >>> int(clean.mean(axis=(0, 2)).argmax()), round(float((enhanced / clean).max()), 6)
    (6, 0.5)
    """
    envelopes = _envelopes(reference.tobytes(), estimate.tobytes(), sample_rate)
    if envelopes.shape[-1] < SEGMENT:
        seconds = SEGMENT * HOP / SAMPLE_RATE
        raise NotComputable(
            f"fewer than {SEGMENT} frames ({seconds:.1f} s) left after silence removal"
        )
    overlapping = sliding_window_view(envelopes, SEGMENT, axis=-1)
    clean, enhanced = overlapping.transpose(0, 2, 1, 3)
    return clean, enhanced


@lru_cache(maxsize=1)
def _envelopes(reference: bytes, estimate: bytes, sample_rate: int) -> np.ndarray:
    """The envelopes of both signals: [signal, band, frame]."""
    from pystoi.utils import thirdoct

    pair = np.stack([_resampled(reference, sample_rate), _resampled(estimate, sample_rate)])
    heard = _without_silence(_frames(pair))
    spectrum = rfft(_frames(heard), FFT)
    power = np.abs(spectrum) ** 2
    bands, _ = thirdoct(SAMPLE_RATE, FFT, BANDS, LOWEST_HZ)
    return np.sqrt(bands @ power.swapaxes(-1, -2))


@lru_cache(maxsize=2)  # the reference stays for its next estimate
def _resampled(signal: bytes, sample_rate: int) -> np.ndarray:
    from pystoi.utils import resample_oct

    samples = np.frombuffer(signal)
    if sample_rate == SAMPLE_RATE:
        return samples
    return resample_oct(samples, SAMPLE_RATE, sample_rate)


def _frames(signals: np.ndarray) -> np.ndarray:
    """Windowed frames: [signal, time] -> [signal, frame, time].

    A frame that would end exactly with the signals is left out.
    """
    window = np.hanning(FRAME + 2)[1:-1]
    end = signals.shape[-1] - FRAME
    frames = sliding_window_view(signals, FRAME, axis=-1)[:, :end:HOP]
    return window * frames


def _without_silence(frames: np.ndarray) -> np.ndarray:
    """Both signals without the frames in which the first is silent, by overlap-add.

    Shapes: [signal, frame, time] -> [signal, time].
    """
    norm = np.linalg.norm(frames[0], axis=-1)
    level_db = 20 * np.log10(norm + TINY)
    is_heard = level_db > level_db.max() - RANGE_DB
    heard = frames[:, is_heard]
    begins = heard[..., :HOP]
    ends = heard[..., HOP:]
    nothing = np.zeros_like(begins[:, :1])
    early = np.concatenate([begins, nothing], axis=1)
    late = np.concatenate([nothing, ends], axis=1)
    return (early + late).reshape(len(frames), -1)
