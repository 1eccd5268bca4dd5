"""Masks for lines in the spectrum averaged over the whole signal, without training."""

from abc import abstractmethod

import torch
from scipy.ndimage import median_filter
from torch import Tensor
from torch.nn.functional import max_pool1d

from dsp.decibel import amplitude, power
from dsp.hann import hann_signal, hann_spectrum
from models.baselines.predictor import require_signal
from models.system import Enhancing

FLOOR_HZ = 10.0  # the noise of a bin is measured within this distance
REST_DB = -60.0  # gain outside of peaks
LOBE = 2  # bins on either side of a peak that belong to it


class SpectralLines(Enhancing):
    """Multiplies every window of a signal by the same mask.

    The mask depends on the power averaged over all windows (Hann windows of `window_s`, at hops of
    a quarter), and on the floor, the median of its neighbourhood. Raises ValueError for too short a
    window, and for a signal that is shorter than a window, constant or not finite.
    """

    def __init__(self, sample_rate: int, window_s: float = 2.0):
        super().__init__(sample_rate)
        self.window_s = window_s
        self.hop = round(window_s * sample_rate / 4)
        if self.hop < 1:
            raise ValueError(f"window_s={window_s:g}: must hold four samples; choose a longer one")

    def enhance(self, mixture: Tensor) -> Tensor:
        """Enhance each mixture by its own mask: [batch, time] -> [batch, time]."""
        return torch.stack([self._enhance(signal) for signal in mixture])

    def _enhance(self, signal: Tensor) -> Tensor:
        if len(signal) < 4 * self.hop:
            raise ValueError(
                f"{len(signal) / self.sample_rate:.3g} s are shorter than a window of "
                f"{self.window_s:g} s; record longer, or choose a shorter window_s"
            )
        require_signal(signal)
        spectrum = hann_spectrum(signal.float(), self.hop)
        averaged = spectrum.abs().square().mean(-1)
        mask = self.mask(averaged, noise_floor(averaged, self.window_s))
        return hann_signal(mask[:, None] * spectrum, self.hop, len(signal)).to(signal)

    @abstractmethod
    def mask(self, averaged: Tensor, floor: Tensor) -> Tensor:
        """The mask, from 0 to 1, for the averaged power and its floor, above 0: [freq] each."""


class LofargramMask(SpectralLines):
    """1 - floor / power: the Wiener filter of the averaged spectrum."""

    def mask(self, averaged: Tensor, floor: Tensor) -> Tensor:
        """See `SpectralLines.mask`."""
        return 1 - (floor / averaged.clamp_min(torch.finfo(floor.dtype).tiny)).clamp_max(1)


class SpectralPeaks(SpectralLines):
    """Keeps peaks that exceed the floor by `above_db`, with the width of a window's main lobe.

    The rest is attenuated by 60 dB, not removed: so a signal without peaks does not become silent.
    """

    def __init__(self, sample_rate: int, window_s: float = 2.0, above_db: float = 3.0):
        super().__init__(sample_rate, window_s)
        self.above_db = above_db

    def mask(self, averaged: Tensor, floor: Tensor) -> Tensor:
        """See `SpectralLines.mask`."""
        highest = max_pool1d(averaged[None], 3, stride=1, padding=1)[0]
        peaks = (averaged == highest) & (averaged > power(self.above_db) * floor)
        kept = max_pool1d(peaks[None].float(), 2 * LOBE + 1, stride=1, padding=LOBE)[0]
        return kept.clamp_min(amplitude(REST_DB))


def noise_floor(averaged: Tensor, window_s: float) -> Tensor:
    """The noise power around each bin, as if without lines: [freq] -> [freq].

    It is a median, and above 0.
    """
    width = 2 * round(FLOOR_HZ * window_s) + 1
    floor = median_filter(averaged.numpy(), width, mode="reflect")
    return torch.from_numpy(floor).clamp_min(torch.finfo(averaged.dtype).tiny)
