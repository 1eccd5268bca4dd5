"""Signals as a page shows them: a spectrogram to look at and a sound to listen to, as data URIs."""

import io
from typing import NamedTuple

import numpy as np
import torch
from matplotlib import colormaps
from PIL import Image
from torch import Tensor

from audio.encoding import encode_vorbis
from dsp.stft import STFT
from reporting.data_uri import data_uri

RANGE_DB = 70.0  # of a spectrogram, below its loudest point


class Panel(NamedTuple):
    """One signal: its name, what it scored, and spectrogram and sound as data URIs."""

    name: str
    scored: str
    picture: str
    sound: str


class Example(NamedTuple):
    """One mixture and what the systems made of it."""

    title: str
    panels: list[Panel]


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
    return data_uri("image/webp", content.getvalue())


def sound(signal: Tensor, sample_rate: int) -> str:
    """A signal [time] as Vorbis; what lies outside [-1, 1] is clipped."""
    clipped = signal.clamp(-1, 1)
    return data_uri("audio/ogg", encode_vorbis(clipped.numpy(), sample_rate))
