"""The features of a recogniser: cepstral coefficients or a log-mel spectrum of each frame."""

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from dsp.mel import cosine_transform, mel_bands

FLOOR = 1e-6  # added to mel energies before their logarithm
STEEPEST = 0.25
TRACTS = 9  # vocal tracts to which frequencies are stretched
STEADY = 30  # frames of unit variance with which a running variance begins


class Features(nn.Module):
    """Mel-frequency cepstral coefficients (Davis and Mermelstein, 1980), or log-mel energies.

    coefficients: of the cosine transform, at most `mels`; None: the log-mel energies themselves.
    A frame ends with its own hop, so it sees no later samples. sample_rate in Hz. stretch: in
    training, the frequencies of each signal are stretched by up to this share, as by other vocal
    tracts (Jaitly and Hinton, 2013). Raises ValueError for more coefficients than mels, empty mel
    bands, a hop that is longer than the window, or a stretch above 0.25.
    """

    def __init__(
        self,
        sample_rate: int,
        mels: int = 40,
        coefficients: int | None = 26,
        window_s: float = 0.025,
        hop_s: float = 0.01,
        stretch: float = 0.0,
    ):
        super().__init__()
        if coefficients is not None and not 1 <= coefficients <= mels:
            raise ValueError(
                f"task.features.coefficients={coefficients}: must be 1 to mels={mels}, or null"
            )
        if not 0 < hop_s <= window_s:
            raise ValueError(
                f"task.features.hop_s={hop_s:g}: must be above 0, and at most window_s={window_s:g}"
            )
        if not 0 <= stretch <= STEEPEST:
            raise ValueError(f"task.features.stretch={stretch:g}: must be 0 to {STEEPEST:g}")
        self.sample_rate = sample_rate
        self.hop, self.size = round(hop_s * sample_rate), round(window_s * sample_rate)
        # Twice the length of the window, so that the lowest bands hold a frequency.
        self.points = 2 ** (2 * self.size - 1).bit_length()
        self.count = coefficients or mels
        shape = cosine_transform(coefficients, mels) if coefficients else torch.eye(mels)
        constants = {
            "window": torch.hann_window(self.size),
            "bands": _bands(self.points // 2 + 1, sample_rate, mels, stretch),
            "shape": shape,
        }
        for name, constant in constants.items():
            self.register_buffer(name, constant, persistent=False)

    def frames(self, samples: Tensor | int) -> Tensor | int:
        """The number of frames of `samples`: whole hops."""
        return samples // self.hop

    def forward(self, signal: Tensor, length: Tensor, causal: bool) -> Tensor:
        """Normalised features: [batch, time], `length` [batch] samples -> [batch, frame, feature].

        Each feature has mean 0 and variance 1 over the signal or, where `causal`, over its frames
        so far. Frames after the end of a signal are 0.
        """
        tract = None
        if self.training and len(self.bands) > 1:
            tract = torch.randint(len(self.bands), (len(signal),), device=signal.device)
        features = self.plain(signal, tract)
        number = torch.arange(features.shape[1], device=signal.device)
        heard = (number < self.frames(length)[:, None])[..., None]  # [batch, frame, 1]
        normal = _running(features) if causal else _over_all(features, heard)
        return torch.where(heard, normal, 0)

    def plain(self, signal: Tensor, tract: Tensor | None = None) -> Tensor:
        """Features before normalisation: [batch, time] -> [batch, frame, feature].

        tract: the number of the vocal tract, by which frequencies are stretched, [batch]; None: no
        stretch.
        """
        bands = self.bands[len(self.bands) // 2] if tract is None else self.bands[tract]
        framed = pad(signal, (self.size - self.hop, 0)).unfold(-1, self.size, self.hop)
        power = torch.fft.rfft(framed * self.window, n=self.points).abs().square()
        # A training in lower precision would round products of matrices.
        with torch.autocast(signal.device.type, enabled=False):
            return torch.log(power @ bands + FLOOR) @ self.shape


def _bands(freqs: int, sample_rate: int, mels: int, stretch: float) -> Tensor:
    """Mel bands for each vocal tract: [tract, freq, band]; the middle tract has no stretch."""
    stretches = torch.linspace(1 - stretch, 1 + stretch, TRACTS).tolist() if stretch else [1.0]
    return torch.stack([mel_bands(freqs, sample_rate, mels, one) for one in stretches])


def _over_all(features: Tensor, heard: Tensor) -> Tensor:
    frames = heard.sum(1, keepdim=True).clamp(min=1)
    mean = torch.where(heard, features, 0).sum(1, keepdim=True) / frames
    square = torch.where(heard, features - mean, 0).square().sum(1, keepdim=True)
    return (features - mean) / (square / frames + 1e-2).sqrt()


def _running(features: Tensor) -> Tensor:
    frames = torch.arange(1, features.shape[1] + 1, device=features.device)[:, None]
    mean = features.cumsum(1) / frames
    # Relative to the running mean of each frame: no frame depends on a later frame.
    square = (features - mean).square().cumsum(1)
    return (features - mean) / ((square + STEADY) / (frames + STEADY)).sqrt()
