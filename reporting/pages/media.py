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
WAVE = 64  # rows of a waveform


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


def picture(signal: Tensor, stft: STFT, top: float, peak: float) -> str:
    """Waveform of a signal [time] over its spectrogram, low frequencies at the bottom.

    A WEBP image [WAVE + freq, frame]; the waveform reaches from -peak to peak, and what lies
    RANGE_DB below the magnitude `top` is black.
    """
    spectrum = stft(signal[None])[0]
    magnitude = spectrum.abs().clamp_min(1e-12)
    level_db = 20 * torch.log10(magnitude / top)
    shade = level_db / RANGE_DB + 1
    upright = shade.clamp(0, 1).flip(0)
    colour = colormaps["magma"]
    rgba = colour(upright.numpy(), bytes=True)
    wave = waveform(signal.numpy(), rgba.shape[1], peak)
    rgb = np.concatenate([wave, rgba[..., :3]])
    content = io.BytesIO()
    Image.fromarray(rgb).save(content, "WEBP", quality=60)
    return data_uri("image/webp", content.getvalue())


def waveform(signal: np.ndarray, columns: int, peak: float) -> np.ndarray:
    """A signal [time] over time, light on dark: the range of its values in every column.

    An image [WAVE, column, colour] of -peak to peak.
    """
    each = max(1, -(-len(signal) // columns))
    padded = np.zeros(columns * each)
    padded[: len(signal)] = signal[: len(padded)] / peak
    blocks = padded.reshape(columns, each)
    heights = np.linspace(1, -1, WAVE)[:, None]
    reach = 1 / WAVE  # so that silence is a line
    lit = (heights <= blocks.max(1) + reach) & (heights >= blocks.min(1) - reach)
    return np.repeat(np.where(lit, 220, 24).astype(np.uint8)[..., None], 3, axis=2)


def sound(signal: Tensor, sample_rate: int) -> str:
    """A signal [time] as Vorbis; what lies outside [-1, 1] is clipped."""
    clipped = signal.clamp(-1, 1)
    return data_uri("audio/ogg", encode_vorbis(clipped.numpy(), sample_rate))
