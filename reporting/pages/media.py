"""Signals as a page shows them: a spectrogram to look at and a sound to listen to, as data URIs."""

import base64
import io

import numpy as np
import soundfile
import torch
from matplotlib import colormaps
from PIL import Image
from torch import Tensor

from dsp.stft import STFT

RANGE_DB = 70.0  # of a spectrogram, below its loudest point


def picture(signal: Tensor, stft: STFT, top: float) -> str:
    """Spectrogram of a signal [time] in dB below `top`, low frequencies at the bottom.

    A WEBP image [freq, frame]; what lies RANGE_DB below `top` is black.
    """
    spectrum = stft(signal[None])[0]
    magnitude = spectrum.abs().clamp_min(1e-12)
    level_db = 20 * torch.log10(magnitude / top)
    shade = level_db / RANGE_DB + 1
    upright = shade.clamp(0, 1).flip(0)
    colour = colormaps["magma"]
    rgba = colour(upright.numpy(), bytes=True)
    rgb = np.ascontiguousarray(rgba[..., :3])
    content = io.BytesIO()
    Image.fromarray(rgb).save(content, "WEBP", quality=60)
    return _uri("image/webp", content)


def sound(signal: Tensor, sample_rate: int) -> str:
    """A signal [time] as Vorbis; what lies outside [-1, 1] is clipped."""
    content = io.BytesIO()
    # libsndfile crashes on long blocks of Vorbis.
    blocks = signal.clamp(-1, 1).split(sample_rate)
    with soundfile.SoundFile(content, "w", sample_rate, 1, "VORBIS", format="OGG") as file:
        for block in blocks:
            file.write(block.numpy())
    return _uri("audio/ogg", content)


def _uri(kind: str, content: io.BytesIO) -> str:
    """A data URI of the media type `kind`."""
    encoded = base64.b64encode(content.getvalue())
    return f"data:{kind};base64,{encoded.decode()}"
