"""Short-time Fourier transform and its inverse."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.nn.functional import pad


def _sqrt_hann(length: int) -> Tensor:
    """Square root of the periodic Hann window: [length].

    Its squares, half a window apart, add up to 1. So the same window fits analysis and synthesis.
    """
    squares = torch.hann_window(length, dtype=torch.float64)  # it has small differences
    return squares.sqrt().to(torch.get_default_dtype())


WINDOWS: Mapping[str, Callable[[int], Tensor]] = {
    "hamming": torch.hamming_window,
    "sqrt_hann": _sqrt_hann,
}


class STFT(nn.Module):
    """The STFT of a waveform, and its inverse (least-squares overlap-add).

    The papers use a 20 ms Hamming window every 10 ms, and a transform as long as the window: 161
    bins at 16 kHz, 81 at 8 kHz. Frame l is centred on sample l * hop. The signal is padded with
    zeros at both ends, so a signal of `time` samples has 1 + time // hop frames and every sample
    lies under a window.

    Analysis and synthesis use the same window. Streaming runtimes expect `sqrt_hann`: at a hop of
    half the window its inverse needs no division. This window falls to zero at its ends, so a
    signal that ends between two frame centres has one more frame, 1 + ceil(time / hop). Without
    that frame the last samples would lie only under the end of one window, and the inverse would
    divide a network's changes there by almost zero.

    Shapes: waveform [..., time] <-> spectrum [..., freq, frame], complex.

    Raises ValueError for an unknown window, and where window and hop (seconds) do not allow
    reconstruction.

    >>> stft, waveform = STFT(16000), torch.linspace(-1, 1, 1600)
    >>> spectrum = stft(waveform)
    >>> spectrum.shape
    torch.Size([161, 11])
    >>> torch.allclose(stft.inverse(spectrum, 1600), waveform, atol=1e-5)
    True
    """

    def __init__(
        self,
        sample_rate: int,
        window_s: float = 0.02,
        hop_s: float = 0.01,
        window: str = "hamming",
    ):
        super().__init__()
        if window not in WINDOWS:
            raise ValueError(f"stft.window={window!r}: must be {' or '.join(WINDOWS)}")
        self.sample_rate = sample_rate
        self.window_name = window
        self.length = round(window_s * sample_rate)
        self.hop = round(hop_s * sample_rate)
        if not 0 < self.hop <= self.length // 2:
            raise ValueError(
                f"hop_s={hop_s} must be above 0 and at most half of window_s={window_s}: "
                "samples would be lost"
            )
        self.register_buffer("window", WINDOWS[window](self.length), persistent=False)
        self.tail = self.hop - 1 if window == "sqrt_hann" else 0  # zeros after the last sample

    @property
    def freqs(self) -> int:
        """Number of frequency bins."""
        return self.length // 2 + 1

    @property
    def made_of(self) -> tuple[int, int, int, str]:
        """Its identity: rate (Hz), window and hop (samples), and the name of the window."""
        return self.sample_rate, self.length, self.hop, self.window_name

    def frames(self, length: Tensor | int) -> Tensor | int:
        """Number of frames that a waveform of `length` samples has."""
        return 1 + (length + self.tail) // self.hop

    def forward(self, waveform: Tensor) -> Tensor:
        """Spectrum of a waveform: [..., time] -> [..., freq, frame]."""
        extended = pad(waveform, (0, self.tail))
        spectrum = torch.stft(
            extended.reshape(-1, extended.shape[-1]),
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
