"""Short-time Fourier transform and its inverse."""

import torch
from torch import Tensor, nn


class STFT(nn.Module):
    """Windowed spectra of a waveform and the waveform back (least-squares overlap-add).

    The papers' setting is a 20 ms Hamming window every 10 ms, the transform as long as the window:
    161 bins at 16 kHz, 81 at 8 kHz. Frame l is centred on sample l * hop; before the first and
    after the last sample stand zeros, so a signal of `time` samples has 1 + time // hop frames and
    every sample lies under a window.

    Shapes: waveform [..., time] <-> spectrum [..., freq, frame], complex.

    Raises ValueError where window and hop (seconds) do not allow reconstruction.

    >>> stft, waveform = STFT(16000), torch.linspace(-1, 1, 1600)
    >>> spectrum = stft(waveform)
    >>> spectrum.shape
    torch.Size([161, 11])
    >>> torch.allclose(stft.inverse(spectrum, 1600), waveform, atol=1e-5)
    True
    """

    def __init__(self, sample_rate: int, window_s: float = 0.02, hop_s: float = 0.01):
        super().__init__()
        self.sample_rate = sample_rate
        self.length = round(window_s * sample_rate)
        self.hop = round(hop_s * sample_rate)
        if not 0 < self.hop <= self.length // 2:
            raise ValueError(
                f"hop_s={hop_s} must be above 0 and at most half of window_s={window_s}: "
                "samples would be lost"
            )
        self.register_buffer("window", torch.hamming_window(self.length), persistent=False)

    @property
    def freqs(self) -> int:
        """Number of frequency bins."""
        return self.length // 2 + 1

    def frames(self, length: Tensor | int) -> Tensor | int:
        """Number of frames that a waveform of `length` samples has."""
        return 1 + length // self.hop

    def forward(self, waveform: Tensor) -> Tensor:
        """Spectrum of a waveform: [..., time] -> [..., freq, frame]."""
        spectrum = torch.stft(
            waveform.reshape(-1, waveform.shape[-1]),
            self.length,
            self.hop,
            window=self.window,
            center=True,
            pad_mode="constant",
            return_complex=True,
        )
        return spectrum.reshape(*waveform.shape[:-1], *spectrum.shape[-2:])

    def inverse(self, spectrum: Tensor, length: int) -> Tensor:
        """Waveform of `length` samples: [..., freq, frame] -> [..., time]."""
        waveform = torch.istft(
            spectrum.reshape(-1, *spectrum.shape[-2:]),
            self.length,
            self.hop,
            window=self.window,
            center=True,
            length=length,
        )
        return waveform.reshape(*spectrum.shape[:-2], length)
