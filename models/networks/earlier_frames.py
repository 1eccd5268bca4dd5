"""Filters along time: earlier frames of the mixture add to the estimate of a frame."""

import torch
from torch import Tensor, nn

from models.networks.bands import BINS, Bands
from models.targets.target import Target


class EarlierFrames(nn.Module):
    """Estimates a part of each frame from the `taps - 1` frames of the mixture before it.

    Every bin of every frame has a complex factor for each earlier frame. With the factor of the
    frame itself, which is the network's mask, they are a filter of `taps` taps (Mack and Habets,
    "Deep filtering: signal extraction and reconstruction using complex time-frequency filters",
    2020). Where the harmonics of a voice lie closer than the window resolves, a mask cannot part
    them, and a filter over more than one window can.

    The factors are affine in `channels` features of each band, and 0 before training: weights of a
    network without this part go on as they are. Raises ValueError for fewer than 2 taps, and for a
    target whose estimates are not linear in the mixture.
    """

    def __init__(self, target: Target, bands: Bands, channels: int, taps: int):
        super().__init__()
        if taps < 2:
            raise ValueError(f"network.taps={taps}: must be at least 1")
        if not target.linear:
            raise ValueError(
                f"network.taps={taps}: earlier frames add to a complex estimate only; "
                "add target=complex_mask, or give network.taps=1"
            )
        self.target = target
        self.bands = bands
        self.earlier = taps - 1
        self.layer = nn.Linear(channels, self.earlier * target.component_count * 2 * BINS)
        nn.init.zeros_(self.layer.weight)
        nn.init.zeros_(self.layer.bias)

    def initial_state(self, batch: int) -> Tensor:
        """Silence before the first frame: [batch, component, freq, taps - 1]."""
        shape = batch, self.target.component_count, self.bands.freqs, self.earlier
        return self.layer.weight.new_zeros(shape)

    def forward(self, features: Tensor, mixture: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """The part of the estimate, and the frames to carry on.

        Shapes: features [batch, frame, band, channel], mixture [batch, component, freq, frame],
        past as in `initial_state` -> part as the mixture, and frames as `past`.
        """
        frames = mixture.shape[-1]
        seen = torch.cat((past, mixture), -1)
        factors = self.bands.joined(self.layer(features)).unflatten(1, (self.earlier, -1))
        parts = [
            self.target.estimate(factors[:, first], seen[..., first : first + frames])
            for first in range(self.earlier)
        ]
        return sum(parts), seen[..., frames:]
