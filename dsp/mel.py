"""Mel bands of a spectrum, and the cosine transform of their logarithms.

The numbers are those of torchaudio's MelSpectrogram and MFCC (HTK's mel scale, bands without
normalisation, an orthonormal transform). torchaudio itself is not used: its binaries do not load
beside every build of torch.
"""

import math

import torch
from torch import Tensor


def mel_bands(freqs: int, sample_rate: int, bands: int, stretch: float = 1.0) -> Tensor:
    """Triangles of equal width in mel from 0 to half of `sample_rate` (Hz): [freq, band].

    freqs: the number of frequencies of a spectrum, from 0 to half of the rate. stretch: the factor
    of all frequencies below the upper quarter, as of a vocal tract shorter by that factor; the
    upper quarter still ends at half of the rate. Raises ValueError where a band is narrower than
    the distance of two frequencies: it would hold none.

    >>> mel_bands(1001, 8000, 3).argmax(0).tolist()  # every 4 Hz: 428, 1116 and 2220 Hz
    [107, 279, 555]
    """
    hz = torch.linspace(0, sample_rate / 2, freqs, dtype=torch.float64)
    edges_mel = torch.linspace(0, _mel(sample_rate / 2), bands + 2, dtype=torch.float64)
    edges_hz = _stretched(700 * (10 ** (edges_mel / 2595) - 1), stretch, sample_rate / 2)
    width = edges_hz.diff()
    distance = edges_hz[:, None] - hz  # [edge, freq]
    rising = -distance[:-2] / width[:-1, None]
    falling = distance[2:] / width[1:, None]
    triangles = torch.minimum(rising, falling).clamp(min=0)  # [band, freq]
    empty = int((triangles.amax(1) == 0).sum())
    if empty:
        raise ValueError(
            f"mels={bands}: {empty} of them lie between two of {freqs} frequencies and hold "
            "none; give fewer, or a longer window"
        )
    return triangles.T.float()


def _stretched(hz: Tensor, stretch: float, highest_hz: float) -> Tensor:
    bend_hz = 0.75 * highest_hz
    slope = (highest_hz - bend_hz * stretch) / (highest_hz - bend_hz)
    return torch.where(hz < bend_hz, hz * stretch, highest_hz - (highest_hz - hz) * slope)


def cosine_transform(count: int, bands: int) -> Tensor:
    """The first `count` rows of the orthonormal DCT-II: [band, coefficient].

    >>> torch.equal(cosine_transform(1, 4), torch.full((4, 1), 0.5))
    True
    """
    number = torch.arange(count, dtype=torch.float64)
    centre = torch.arange(bands, dtype=torch.float64)[:, None] + 0.5
    waves = torch.cos(math.pi / bands * centre * number) * math.sqrt(2 / bands)
    waves[:, 0] /= math.sqrt(2)
    return waves.float()


def _mel(hz: float) -> float:
    return 2595 * math.log10(1 + hz / 700)
