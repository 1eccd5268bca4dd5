"""The transform with long Hann windows whose hop is a quarter of a window, and its inverse."""

import torch
from torch import Tensor


def hann_spectrum(signal: Tensor, hop: int) -> Tensor:
    """Complex spectra of windows of four hops: [..., time] -> [..., freq, frame].

    Frame i is centred on sample i * hop. The signal is padded with zeros at both ends.

    >>> signal = torch.sin(2 * torch.pi * 10 * torch.arange(400) / 100)
    >>> spectrum = hann_spectrum(signal, hop=25)  # bins of 1 Hz
    >>> spectrum.shape, spectrum.abs()[:, 8].argmax()
    (torch.Size([51, 17]), tensor(10))
    """
    spectrum = torch.stft(
        signal.reshape(-1, signal.shape[-1]),
        4 * hop,
        hop,
        window=hann_window(hop, signal.dtype),
        center=True,
        pad_mode="constant",
        return_complex=True,
    )
    return spectrum.reshape(*signal.shape[:-1], *spectrum.shape[-2:])


def hann_signal(spectrum: Tensor, hop: int, samples: int) -> Tensor:
    """The inverse of `hann_spectrum`: [..., freq, frame] -> [..., time], `samples` long.

    >>> signal = torch.linspace(-1, 1, 333)
    >>> torch.allclose(hann_signal(hann_spectrum(signal, 25), 25, 333), signal, atol=1e-6)
    True
    """
    signal = torch.istft(
        spectrum.reshape(-1, *spectrum.shape[-2:]),
        4 * hop,
        hop,
        window=hann_window(hop, spectrum.real.dtype),
        center=True,
        length=samples,
    )
    return signal.reshape(*spectrum.shape[:-2], samples)


def hann_window(hop: int, dtype: torch.dtype) -> Tensor:
    """A Hann window of four hops: [time]. The squares of overlapping windows add up to 1.5.

    >>> (hann_window(25, torch.float64).square().reshape(4, 25).sum(0)).round(decimals=6).unique()
    tensor([1.5000], dtype=torch.float64)
    """
    return torch.hann_window(4 * hop, periodic=True, dtype=dtype)
