"""Spectra as overlapping bands of bins, and layers over neighbouring bands."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

BINS = 4  # hop from band to band; a band is twice as wide


class Bands:
    """Cuts a frequency axis of `freqs` bins into bands of 8 that overlap by half, and adds them up.

    The first band begins 4 bins before the first bin, so that every bin lies in two bands. `count`
    is the number of bands, a multiple of `divisor`; bins beyond the axis are zero.
    """

    def __init__(self, freqs: int, divisor: int = 1):
        self.freqs = freqs
        least = -(-freqs // BINS) + 1
        self.count = -(-least // divisor) * divisor

    def cut(self, spectrum: Tensor) -> Tensor:
        """The bands: [batch, component, freq, frame] -> [batch, frame, band, component * 8]."""
        above = self.count * BINS - self.freqs
        padded = F.pad(spectrum.transpose(2, 3), (BINS, above))
        bands = padded.unfold(-1, 2 * BINS, BINS)  # [batch, component, frame, band, bin]
        return bands.permute(0, 2, 3, 1, 4).flatten(3)

    def joined(self, bands: Tensor) -> Tensor:
        """The sum of overlapping bands; its shapes are those of `cut`, reversed."""
        bins = bands.unflatten(3, (-1, 2 * BINS)).permute(0, 3, 2, 4, 1)
        lower, upper = bins.split(BINS, 3)  # [batch, component, band, bin, frame]
        # The upper half of a band overlaps the lower half of the next band.
        summed = upper[:, :, :-1] + lower[:, :, 1:]
        return summed.flatten(2, 3)[:, :, : self.freqs]


class Neighbours(nn.Module):
    """An affine layer over each band and its two neighbours; layer norm and SiLU follow.

    Shapes: [batch, frame, band, input] -> [batch, frame, band, output].
    """

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.layer = nn.Linear(3 * inputs, outputs)
        self.norm = nn.LayerNorm(outputs)

    def forward(self, bands: Tensor) -> Tensor:
        """See the class; the neighbours of the first and the last band are padded with zeros."""
        padded = F.pad(bands, (0, 0, 1, 1))
        three = torch.cat((padded[:, :, :-2], bands, padded[:, :, 2:]), -1)
        return F.silu(self.norm(self.layer(three)))
