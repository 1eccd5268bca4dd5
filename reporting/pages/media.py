"""The spectrogram and the sound of a signal, as data URIs of a page."""

import io
from collections.abc import Sequence
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

RANGE_DB = 70.0  # range of a spectrogram, below its maximum
WIDEST = 800  # largest number of columns of a spectrogram
WAVE = 64  # number of rows of a waveform
RATES = (8000, 48000)  # lowest and highest sample rate of sounds
PEAK = 0.8  # peak of the loudest of several sounds; Vorbis may overshoot


class Panel(NamedTuple):
    """One signal: its name, its scores, and spectrogram and sound as data URIs."""

    name: str
    scored: str
    picture: str
    sound: str


class Example(NamedTuple):
    """Signals of the same time for one player: a mixture and its enhanced versions.

    seconds: their duration. highest_hz: of their spectrograms. wave: the share of their pictures
    that waveforms take, above the spectrograms.
    """

    title: str
    panels: list[Panel]
    seconds: float
    highest_hz: float
    wave: float = 0.0


class MixtureExample(NamedTuple):
    """A player of the mixture `mixture_id`."""

    mixture_id: str
    example: Example


def size(panels: Sequence[Panel]) -> int:
    """The number of bytes of panels in a page."""
    return sum(len(panel.picture) + len(panel.sound) for panel in panels)


def picture(signal: Tensor, stft: STFT, top: float, peak: float) -> str:
    """Waveform of a signal [time] over its spectrogram, low frequencies at the bottom.

    A WEBP image [WAVE + freq, frame]. The waveform ranges from -peak to peak; magnitudes RANGE_DB
    below `top` are black. If there are more than WIDEST frames, a column is the mean power of
    several frames.
    """
    power = stft(signal[None])[0].abs().square()
    if power.shape[-1] > WIDEST:
        power = adaptive_avg_pool1d(power, WIDEST)
    level_db = 10 * torch.log10(power.clamp_min(1e-24) / top**2)
    shades = _coloured(level_db / RANGE_DB + 1)
    wave = waveform(signal.numpy(), shades.shape[1], peak)
    return _webp(np.concatenate([wave, shades]))


def wave_share(stft: STFT) -> float:
    """The share of the waveform in a `picture`."""
    return WAVE / (WAVE + stft.freqs)


def image(shade: Tensor) -> str:
    """Shades [freq, frame] from 0, black, to 1 as a WEBP image, low frequencies at the bottom."""
    return _webp(_coloured(shade))


def _coloured(shade: Tensor) -> np.ndarray:
    """[freq, frame] -> [freq, frame, colour], the first row on top."""
    upright = shade.clamp(0, 1).flip(0)
    rgba = colormaps["magma"](upright.numpy(), bytes=True)
    return rgba[..., :3]


def _webp(rgb: np.ndarray) -> str:
    content = io.BytesIO()
    Image.fromarray(rgb).save(content, "WEBP", quality=60)
    return data_uri("image/webp", content.getvalue())


def waveform(signal: np.ndarray, columns: int, peak: float) -> np.ndarray:
    """A signal [time] over time, light on dark: the range of its values in every column.

    An image [WAVE, column, colour] from -peak to peak.
    """
    each = max(1, -(-len(signal) // columns))
    padded = np.zeros(columns * each)
    padded[: len(signal)] = signal[: len(padded)] / peak
    blocks = padded.reshape(columns, each)
    heights = np.linspace(1, -1, WAVE)[:, None]
    reach = 1 / WAVE  # makes silence a line
    lit = (heights <= blocks.max(1) + reach) & (heights >= blocks.min(1) - reach)
    return np.repeat(np.where(lit, 220, 24).astype(np.uint8)[..., None], 3, axis=2)


def playable(sample_rate: int) -> int:
    """The rate nearest to `sample_rate` that all browsers play."""
    return int(np.clip(sample_rate, *RATES))


def sound(signal: Tensor, sample_rate: int) -> str:
    """A signal [time] as Vorbis; values outside [-1, 1] are clipped."""
    clipped = signal.clamp(-1, 1)
    return data_uri("audio/ogg", encode_vorbis(clipped.numpy(), sample_rate))
