"""The one call of the `pesq` package, with its return codes and its crash turned into reasons."""

import numpy as np
from scipy.fft import irfft, rfft

from metrics.guard import NotComputable

FRAME_S = 0.004  # of the voice activity detector in P.862
EDGE_FRAMES = 4  # the detector widens each utterance by two frames at either end
PAUSE_FRAMES = 50  # a shorter pause does not end an utterance, a shorter utterance does not count
UTTERANCES = 48  # the C code has room for 50 and writes past it: a wrong score or a killed process
SAFE_S = UTTERANCES * 2 * PAUSE_FRAMES * FRAME_S  # too short to hold more


def lqo(reference: np.ndarray, estimate: np.ndarray, sample_rate: int, mode: str) -> float:
    """MOS-LQO of checked float64 signals [time]; `mode` is "nb" (8 or 16 kHz) or "wb" (16 kHz).

    Raises NotComputable where P.862 finds no utterance, or more than its C code has room for.

    >>> tone = np.sin(2 * np.pi * 1000 * np.arange(40 * 8000) / 8000)
    >>> pulses = tone * np.tile(np.repeat([1, 0], 2000), 80)
    >>> lqo(pulses, pulses, 8000, "nb")
    Traceback (most recent call last):
    metrics.guard.NotComputable: PESQ takes 48 utterances, 40 s hold 80: cut it shorter
    """
    from pesq import PesqError, pesq

    found = _utterances(reference, sample_rate) if len(reference) > SAFE_S * sample_rate else 0
    if found > UTTERANCES:
        seconds = len(reference) / sample_rate
        raise NotComputable(
            f"PESQ takes {UTTERANCES} utterances, {seconds:.0f} s hold {found}: cut it shorter"
        )
    try:
        return float(pesq(int(sample_rate), reference, estimate, mode))
    except PesqError as error:
        text = error.args[0] if error.args else type(error).__name__
        text = text.decode() if isinstance(text, bytes) else str(text)
        raise NotComputable(f"PESQ: {text.lower()}") from None


def _utterances(reference: np.ndarray, sample_rate: int) -> int:
    """The most utterances that `reference` falls into at any threshold the detector of P.862 may settle on.

    Its threshold lies between 40 dB under the loudest frame and the mean power, in the telephone band.
    """
    spectrum = rfft(reference)
    frequency = np.fft.rfftfreq(len(reference), 1 / sample_rate)
    band = irfft(np.where((frequency > 300) & (frequency < 3400), spectrum, 0), len(reference))
    frame = int(FRAME_S * sample_rate)
    power = np.mean(band[: len(band) // frame * frame].reshape(-1, frame) ** 2, axis=1)
    if not power.any():
        return 0
    return max(_runs(power > level) for level in np.geomspace(power.max() * 1e-4, power.mean(), 12))


def _runs(active: np.ndarray) -> int:
    """How many runs of active frames, pauses bridged, are long enough to be an utterance: [frame]."""
    frames = np.flatnonzero(active)
    if not len(frames):
        return 0
    ends = np.flatnonzero(np.diff(frames) > PAUSE_FRAMES)
    first, last = frames[np.r_[0, ends + 1]], frames[np.r_[ends, len(frames) - 1]]
    return int(np.sum(last - first + 1 >= PAUSE_FRAMES - EDGE_FRAMES))
