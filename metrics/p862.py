"""Calls a package for PESQ; its return codes and its crash become reasons."""

import importlib

import numpy as np
from scipy.fft import irfft, rfft

from metrics.guard import NotComputable
from text.line import in_one_line

PACKAGES = ("pesq", "numpy", "scipy")  # their versions decide a score
ENGINES = ("pesq", "pesqc2")  # the second has Corrigendum 2 of P.862.2
FRAME_S = 0.004  # a frame of the voice activity detector in P.862
EDGE_FRAMES = 4  # the detector widens each utterance by two frames at either end
PAUSE_FRAMES = 50  # shorter pauses do not end an utterance, shorter utterances do not count
UTTERANCES = 48  # the C code has room for 50; more give a wrong score or a crash
SAFE_S = UTTERANCES * 2 * PAUSE_FRAMES * FRAME_S  # a shorter signal cannot hold more


def require_engine(engine: str) -> None:
    """Raise ValueError for a package that is not in ENGINES, or is not installed.

    >>> require_engine("pesq2")
    Traceback (most recent call last):
    ValueError: engine='pesq2' of PESQ is unknown: choose one of pesq, pesqc2
    """
    if engine not in ENGINES:
        raise ValueError(
            f"engine={engine!r} of PESQ is unknown: choose one of {', '.join(ENGINES)}"
        )
    try:
        importlib.import_module(engine)
    except ImportError as error:
        reason = in_one_line(error)[:120]
        raise ValueError(
            f"engine={engine!r} of PESQ: the package {engine} is not installed ({reason}); "
            "docs/evaluation.md says how, or leave it at engine=pesq"
        ) from error


def lqo(
    reference: np.ndarray, estimate: np.ndarray, sample_rate: int, mode: str, engine: str = "pesq"
) -> float:
    """MOS-LQO of checked float64 signals [time]; `mode` is "nb" (8 or 16 kHz) or "wb" (16 kHz).

    engine: one of ENGINES. Raises NotComputable where P.862 detects no utterance, or more
    utterances than its C code has room for.

    >>> tone = np.sin(2 * np.pi * 1000 * np.arange(40 * 8000) / 8000)
    >>> pulses = tone * np.tile(np.repeat([1, 0], 2000), 80)
    >>> lqo(pulses, pulses, 8000, "nb")
    Traceback (most recent call last):
    metrics.guard.NotComputable: PESQ takes 48 utterances, 40 s hold 80: cut it shorter
    """
    package = importlib.import_module(engine)
    _require_room(reference, sample_rate)
    try:
        return float(package.pesq(int(sample_rate), reference, estimate, mode))
    except package.PesqError as error:
        raise NotComputable(f"PESQ: {_reason(error)}") from None


def _require_room(reference: np.ndarray, sample_rate: int) -> None:
    """Raise NotComputable for more utterances than the C code has room for."""
    if len(reference) <= SAFE_S * sample_rate:
        return
    utterances = _utterances(reference, sample_rate)
    if utterances > UTTERANCES:
        seconds = len(reference) / sample_rate
        raise NotComputable(
            f"PESQ takes {UTTERANCES} utterances, {seconds:.0f} s hold {utterances}: cut it shorter"
        )


def _reason(error: Exception) -> str:
    """The message of the package's error; the C code gives it as bytes."""
    text = error.args[0] if error.args else type(error).__name__
    if isinstance(text, bytes):
        text = text.decode()
    return str(text).lower()


def _utterances(reference: np.ndarray, sample_rate: int) -> int:
    """The most utterances that the detector of P.862 may see in `reference`, at any threshold.

    Its threshold lies between 40 dB under the loudest frame and the mean power, in the telephone
    band.
    """
    power = _frame_powers(reference, sample_rate)
    if not power.any():
        return 0
    thresholds = np.geomspace(power.max() * 1e-4, power.mean(), 12)
    return max(_runs(power > threshold) for threshold in thresholds)


def _frame_powers(reference: np.ndarray, sample_rate: int) -> np.ndarray:
    """Mean power of every frame in the telephone band: [frame]."""
    spectrum = rfft(reference)
    frequency = np.fft.rfftfreq(len(reference), 1 / sample_rate)
    in_band = (frequency > 300) & (frequency < 3400)
    band = irfft(np.where(in_band, spectrum, 0), len(reference))
    length = int(FRAME_S * sample_rate)
    count = len(band) // length
    frames = band[: count * length].reshape(-1, length)
    return np.mean(frames**2, axis=1)


def _runs(active: np.ndarray) -> int:
    """The number of runs of `active` [frame], with pauses bridged, as long as an utterance."""
    frames = np.flatnonzero(active)
    if not len(frames):
        return 0
    ends = np.flatnonzero(np.diff(frames) > PAUSE_FRAMES)
    first = frames[np.r_[0, ends + 1]]
    last = frames[np.r_[ends, len(frames) - 1]]
    lengths = last - first + 1
    return int(np.sum(lengths >= PAUSE_FRAMES - EDGE_FRAMES))
