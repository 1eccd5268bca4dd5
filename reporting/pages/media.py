"""Signals as a page shows them: a spectrogram to look at and a sound to listen to, as data URIs."""

import io
from typing import NamedTuple

import numpy as np
import torch
from matplotlib import colormaps
from PIL import Image
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool1d

from audio.encoding import encode_vorbis
from dsp.stft import STFT
from reporting.data_uri import data_uri

RANGE_DB = 70.0  # of a spectrogram, below its loudest point
WIDEST = 800  # columns of a spectrogram
RATES = (8000, 48000)  # of sounds: the lowest and the highest
PEAK = 0.8  # of the loudest of several sounds: Vorbis may overshoot


class Panel(NamedTuple):
    """One signal: its name, what it scored, and spectrogram and sound as data URIs."""

    name: str
    scored: str
    picture: str
    sound: str


class Example(NamedTuple):
    """Signals of the same time, which one player plays: a mixture and what was made of it.

    seconds: how long they are. highest_hz: of their spectrograms.
    """

    title: str
    panels: list[Panel]
    seconds: float
    highest_hz: float


def picture(signal: Tensor, stft: STFT, top: float) -> str:
    """Spectrogram of a signal [time] in dB below `top`, low frequencies at the bottom.

    A WEBP image [freq, frame]; what lies RANGE_DB below `top` is black. Of more than WIDEST frames
    several make a column, of their mean power.
    """
    power = stft(signal[None])[0].abs().square()
    if power.shape[-1] > WIDEST:
        power = adaptive_avg_pool1d(power, WIDEST)
    level_db = 10 * torch.log10(power.clamp_min(1e-24) / top**2)
    return image(level_db / RANGE_DB + 1)


def image(shade: Tensor) -> str:
    """Shades [freq, frame] from 0, black, to 1 as a WEBP image, low frequencies at the bottom."""
    upright = shade.clamp(0, 1).flip(0)
    colour = colormaps["magma"]
    rgba = colour(upright.numpy(), bytes=True)
    rgb = np.ascontiguousarray(rgba[..., :3])
    content = io.BytesIO()
    Image.fromarray(rgb).save(content, "WEBP", quality=60)
    return data_uri("image/webp", content.getvalue())


def playable(sample_rate: int) -> int:
    """The rate nearest to `sample_rate` that browsers play for certain."""
    return int(np.clip(sample_rate, *RATES))


def sound(signal: Tensor, sample_rate: int) -> str:
    """A signal [time] as Vorbis; what lies outside [-1, 1] is clipped."""
    clipped = signal.clamp(-1, 1)
    return data_uri("audio/ogg", encode_vorbis(clipped.numpy(), sample_rate))
