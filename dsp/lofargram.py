"""The lofargram: power over time and low frequencies, where tones are lines."""

import torch
from torch import Tensor


def lofargram(signal: Tensor, sample_rate: int, window_s: float = 2.0, hop_s: float = 0.5) -> Tensor:
    """One-sided power spectral density in dB re 1/Hz: [..., time] -> [..., freq, frame].

    Hann windows of `window_s` every `hop_s`, none reaching beyond the signal: frame i begins at i * hop_s, bin k lies
    at k / window_s Hz. Summed over frequency (times the bin's width) it is the windowed signal's mean power.
    Raises ValueError for a signal shorter than one window.

    >>> tone = torch.sin(2 * torch.pi * 100 * torch.arange(4000) / 1000)
    >>> density = lofargram(tone, 1000)
    >>> density.shape, density.mean(-1).argmax() / 2.0  # bins of 0.5 Hz: a line at 100 Hz
    (torch.Size([1001, 5]), tensor(100.))
    """
    window, hop = round(window_s * sample_rate), round(hop_s * sample_rate)
    if signal.shape[-1] < window or hop < 1:
        raise ValueError(
            f"{signal.shape[-1]} samples at {sample_rate} Hz are shorter than one window of {window_s:g} s, or "
            f"hop_s={hop_s:g} is less than a sample: give a shorter window_s or a longer hop_s"
        )
    shape = torch.hann_window(window, periodic=True, dtype=signal.dtype, device=signal.device)
    flat = signal.reshape(-1, signal.shape[-1])
    spectrum = torch.stft(flat, window, hop, window, shape, center=False, return_complex=True)
    density = spectrum.abs().square() / (sample_rate * shape.square().sum())
    density[:, 1 : (window + 1) // 2] *= 2  # all but 0 Hz and, where there is one, half the rate
    return 10 * torch.log10(density.clamp_min(1e-30)).reshape(*signal.shape[:-1], *density.shape[1:])
