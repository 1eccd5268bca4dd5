"""The lofargram: a spectrogram of low frequencies, in which steady tones are lines."""

import torch
from torch import Tensor


def lofargram(
    signal: Tensor, sample_rate: int, window_s: float = 2.0, hop_s: float = 0.5
) -> Tensor:
    """One-sided power spectral density in dB re 1/Hz: [..., time] -> [..., freq, frame].

    Hann windows of `window_s` follow one another every `hop_s`, and none reaches beyond the signal.
    Frame i begins at i * hop_s, bin k lies at k / window_s Hz. The sum over frequency, times the
    bin width, is the mean power of the windowed signal. Raises ValueError for a signal shorter than
    one window.

    >>> tone = torch.sin(2 * torch.pi * 100 * torch.arange(4000) / 1000)
    >>> density = lofargram(tone, 1000)
    >>> density.shape, density.mean(-1).argmax() / 2.0  # bins of 0.5 Hz: a line at 100 Hz
    (torch.Size([1001, 5]), tensor(100.))
    """
    length = round(window_s * sample_rate)
    hop = round(hop_s * sample_rate)
    *leading, samples = signal.shape
    if samples < length or hop < 1:
        raise ValueError(
            f"{samples} samples at {sample_rate} Hz are shorter than one window of {window_s:g} s, "
            f"or hop_s={hop_s:g} is less than a sample: give a shorter window_s or a longer hop_s"
        )
    window = torch.hann_window(length, periodic=True, dtype=signal.dtype, device=signal.device)
    spectrum = torch.stft(
        signal.reshape(-1, samples),
        length,
        hop,
        window=window,
        center=False,
        return_complex=True,
    )
    density = spectrum.abs().square() / (sample_rate * window.square().sum())
    below_half = (length + 1) // 2
    density[:, 1:below_half] *= 2  # all bins but 0 Hz and the Nyquist bin, if there is one
    density_db = 10 * torch.log10(density.clamp_min(1e-30))
    return density_db.reshape(*leading, *density.shape[1:])
