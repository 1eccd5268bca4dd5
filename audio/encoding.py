"""Encodes samples as the bytes of an audio file."""

import io

import numpy as np
import soundfile


def encode(samples: np.ndarray, sample_rate: int, audio_format: str, bits: int = 16) -> bytes:
    """The bytes of a "flac" or "wav" file of 16-bit samples, or of floats in [-1, 1): [time].

    Equal samples give equal bytes.
    """
    buffer = io.BytesIO()
    soundfile.write(
        buffer, samples, sample_rate, format=audio_format.upper(), subtype=f"PCM_{bits}"
    )
    return buffer.getvalue()


def encode_vorbis(samples: np.ndarray, sample_rate: int) -> bytes:
    """The bytes of a small, lossy Ogg Vorbis file of floats in [-1, 1]: [time]."""
    buffer = io.BytesIO()
    with soundfile.SoundFile(buffer, "w", sample_rate, 1, "VORBIS", format="OGG") as file:
        # A second at a time: libsndfile crashes on long blocks of Vorbis.
        for begin in range(0, len(samples), sample_rate):
            file.write(samples[begin : begin + sample_rate])
    return buffer.getvalue()
