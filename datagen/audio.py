"""Reading audio files into the project's one form: mono 16-bit samples at the plan's rate."""

import io
import os
import re
from pathlib import Path

import numpy as np
import soundfile
import soxr

from datagen.mix import FULL_SCALE

SUFFIXES = frozenset(f".{name.lower()}" for name in soundfile.available_formats()) | {".aif", ".sph", ".opus"}
INEXACT = {"MPEG", "VORBIS", "OPUS"}  # codecs whose samples depend on where decoding began
CUT_SHORT = re.compile(r"^data\s*: (\d+) \(should be (\d+)\)", re.MULTILINE)  # libsndfile's log of a RIFF file
STREAMED = 0xFFFF0000  # bytes; a length beyond says that the writer did not know it


def is_audio(path: Path) -> bool:
    """True where libsndfile may be able to read `path`, judged by its suffix."""
    return path.suffix.lower() in SUFFIXES - {".raw"}


def header(path: str | Path) -> tuple[int, int, int]:
    """(sample_rate, samples, channels) from the header alone; ValueError with the reason where it has none."""
    if not Path(path).exists():
        raise ValueError("no such file")
    try:
        info = soundfile.info(os.fsencode(path))
    except (soundfile.LibsndfileError, OSError) as error:
        raise ValueError(_reason(error)) from error
    if info.frames > 2**60:  # a FLAC file written as a stream
        raise ValueError("its header does not say how long it is")
    if lacking := CUT_SHORT.search(info.extra_info):
        promised, there = map(int, lacking.groups())
        if there < promised < STREAMED:
            raise ValueError(f"cut short: {there} of {promised} bytes of samples")
    return info.samplerate, info.frames, info.channels


def read(path: str | Path, sample_rate: int, start: int = 0, length: int | None = None) -> np.ndarray:
    """Samples [time] of `path` as 16-bit PCM at `sample_rate`; `start` and `length` count samples at that rate.

    Stereo is mixed down by averaging; other rates are resampled (soxr HQ), and formats in which seeking is inexact
    decoded, as a whole before cutting, so a cut has the same samples wherever it begins. Raises ValueError naming the
    reason where the file cannot be decoded or holds NaN.
    """
    try:
        with soundfile.SoundFile(os.fsencode(path)) as file:
            if file.samplerate == sample_rate and not INEXACT & set(file.subtype.split("_")):
                file.seek(start)
                return _pcm(file, -1 if length is None else length)
            whole = _pcm(file, -1) if file.samplerate == sample_rate else _resampled(file, sample_rate)
    except (soundfile.LibsndfileError, OSError) as error:
        raise ValueError(f"{path}: {_reason(error)}") from error
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    return whole[start:] if length is None else whole[start : start + length]


def resampled_length(samples: int, from_rate: int, to_rate: int) -> int:
    """How many samples `read` gives for a file of `samples` samples at `from_rate`."""
    return samples if from_rate == to_rate else max(1, samples * to_rate // from_rate)


def encode(samples: np.ndarray, sample_rate: int, audio_format: str, bits: int = 16) -> bytes:
    """16-bit samples or floats in [-1, 1), [time], as bytes of a "flac" or "wav" file: equal samples, equal bytes."""
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, sample_rate, format=audio_format.upper(), subtype=f"PCM_{bits}")
    return buffer.getvalue()


def _pcm(file: soundfile.SoundFile, frames: int) -> np.ndarray:
    if file.subtype == "PCM_16" and file.channels == 1:
        return file.read(frames, dtype="int16")
    return _to_pcm(_mono(file.read(frames, dtype="float64", always_2d=True)))


def _resampled(file: soundfile.SoundFile, sample_rate: int) -> np.ndarray:
    mono = _mono(file.read(dtype="float64", always_2d=True))
    whole = _to_pcm(soxr.resample(mono, file.samplerate, sample_rate, quality="HQ"))
    length = resampled_length(len(mono), file.samplerate, sample_rate)
    return np.pad(whole[:length], (0, max(0, length - len(whole))))


def _mono(samples: np.ndarray) -> np.ndarray:
    if not np.isfinite(samples).all():
        raise ValueError("holds NaN or infinite samples")
    return samples.mean(axis=1)


def _to_pcm(samples: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(samples * FULL_SCALE), -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)


def _reason(error: Exception) -> str:
    return getattr(error, "error_string", None) or " ".join(str(error).split())
