"""Dual-path network: alternates memory along time and mixing along frequency (Le et al., 2021)."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dsp.compression import compressed_components
from models.networks.bands import BINS, Bands, Neighbours
from models.networks.earlier_frames import EarlierFrames
from models.networks.network import CausalNetwork
from models.targets.target import Target

TOGETHER = 32  # frames whose features fit into a processor's cache; without gradients
JOINED = 2  # neighbouring bands that are joined between encoder and decoder


class DualPath(CausalNetwork):
    """A small encoder and decoder around `blocks` dual-path blocks; it has one stage.

    It sees the mixture with its magnitudes raised to `power`. The encoder gives `channels` features
    for every band of 8 bins, and `width` features for every two bands. A block has a GRU of
    `hidden` units along time, shared by all bands; then it mixes the bands of each frame, and the
    channels of each band. After the first block a GRU of `whole` units sees all bands at once,
    through `squeezed` features of each band. The decoder mirrors the encoder and sees its outputs.
    The GRUs have memory. With more than one of `taps`, `EarlierFrames` adds to the estimate.

    Dual paths: DPCRNN (Le et al., Interspeech 2021). Mixing by affine layers along either axis:
    MLP-Mixer (Tolstikhin et al., NeurIPS 2021). Raises ValueError for a power outside (0, 1], for
    fewer than one tap, and for more than one with a target that is not a complex mask.
    """

    neutral = ("filter",)

    def __init__(
        self,
        freqs: int,
        target: Target,
        channels: int = 48,
        width: int = 96,
        hidden: int = 96,
        blocks: int = 3,
        whole: int = 256,
        squeezed: int = 8,
        power: float = 0.3,
        taps: int = 1,
    ):
        super().__init__(target)
        if not 0 < power <= 1:
            raise ValueError(f"network.power={power}: must be above 0 and at most 1")
        self.power = power
        self.bands = Bands(freqs, JOINED)
        size = target.component_count * 2 * BINS
        self.seen = nn.Linear(size, channels)
        self.encoder = Neighbours(channels, channels)
        self.join = nn.Linear(JOINED * channels, width)
        bands = self.bands.count // JOINED
        memory = AllBands(bands, width, whole, squeezed)
        self.blocks = nn.ModuleList([Block(bands, width, hidden), memory])
        for _ in range(blocks - 1):
            self.blocks.append(Block(bands, width, hidden))
        self.part = nn.Linear(width, JOINED * channels)
        self.decoder = Neighbours(2 * channels, channels)
        self.output = nn.Linear(channels, size)
        self.filter = None if taps == 1 else EarlierFrames(target, self.bands, channels, taps)

    def initial_state(self, batch: int) -> list[Tensor]:
        """The state of each part with memory; see `CausalNetwork.initial_state`."""
        parts = [*self.blocks, *([self.filter] if self.filter else [])]
        return [part.initial_state(batch) for part in parts]

    def advance(self, mixture: Tensor, state: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """See `CausalNetwork.advance`."""
        if not self._in_parts(mixture):
            return self._advance(mixture, state)
        estimates = []
        for part in mixture.split(TOGETHER, -1):
            estimate, state = self._advance(part, state)
            estimates.append(estimate)
        return torch.cat(estimates, -1), state

    def _in_parts(self, mixture: Tensor) -> bool:
        """Whether a mixture is cut along time, which takes a quarter less time on a CPU."""
        inference = not (torch.is_grad_enabled() or torch.compiler.is_compiling())
        return inference and mixture.device.type == "cpu" and mixture.shape[-1] > TOGETHER

    def _advance(self, mixture: Tensor, state: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        seen = compressed_components(mixture, self.power)
        features = self.seen(self.bands.cut(seen))  # [batch, frame, band, channel]
        encoded = features + self.encoder(features)
        features = self.join(_pairs(encoded))
        carried = []
        for block, before in zip(self.blocks, state[: len(self.blocks)], strict=True):
            features, after = block(features, before)
            carried.append(after)
        features = _apart(self.part(features))
        features = features + self.decoder(torch.cat((features, encoded), -1))
        output = self.bands.joined(self.output(features))
        estimate = self.target.estimate(output, mixture)
        if self.filter:
            part, after = self.filter(features, mixture, state[-1])
            estimate = estimate + part
            carried.append(after)
        return estimate.unsqueeze(1), carried

    def final(self, estimates: Tensor) -> Tensor:
        """See `Network.final`."""
        return estimates[:, -1]


class Block(nn.Module):
    """A GRU along time for each band, then affine layers along bands and along channels.

    The output of each is added to its input. Shapes: [batch, frame, band, width] -> the same.
    """

    def __init__(self, bands: int, width: int, hidden: int):
        super().__init__()
        self.bands = bands
        self.before_time = nn.LayerNorm(width)
        self.gru = nn.GRU(width, hidden, batch_first=True)
        self.after_time = nn.Linear(hidden, width)
        self.before_bands = nn.LayerNorm(width)
        self.along_bands = _affine_pair(bands)
        self.before_channels = nn.LayerNorm(width)
        self.along_channels = _affine_pair(width)

    def initial_state(self, batch: int) -> Tensor:
        """The state of the GRU before the first frame: [1, batch * band, hidden]."""
        return self.after_time.weight.new_zeros(1, batch * self.bands, self.gru.hidden_size)

    def forward(self, features: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Features and the state to carry on."""
        by_band = self.before_time(features).transpose(1, 2)  # [batch, band, frame, width]
        remembered, carried = self.gru(by_band.flatten(0, 1), state)
        by_frame = self.after_time(remembered).unflatten(0, (-1, self.bands)).transpose(1, 2)
        features = features + by_frame
        normed = self.before_bands(features).transpose(2, 3)
        features = features + self.along_bands(normed).transpose(2, 3)
        return features + self.along_channels(self.before_channels(features)), carried


class AllBands(nn.Module):
    """A GRU along time that sees `squeezed` features of every band; its output is added.

    Shapes: [batch, frame, band, width] -> the same.
    """

    def __init__(self, bands: int, width: int, whole: int, squeezed: int):
        super().__init__()
        self.before = nn.LayerNorm(width)
        self.squeeze = nn.Linear(width, squeezed)
        self.gru = nn.GRU(bands * squeezed, whole, batch_first=True)
        self.spread = nn.Linear(whole, bands * squeezed)
        self.widen = nn.Linear(squeezed, width)

    def initial_state(self, batch: int) -> Tensor:
        """The state of the GRU before the first frame: [1, batch, whole]."""
        return self.widen.weight.new_zeros(1, batch, self.gru.hidden_size)

    def forward(self, features: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Features and the state to carry on."""
        bands = features.shape[2]
        squeezed = self.squeeze(self.before(features)).flatten(2)
        remembered, carried = self.gru(squeezed, state)
        spread = self.spread(remembered).unflatten(2, (bands, -1))
        return features + self.widen(F.silu(spread)), carried


def _affine_pair(size: int) -> nn.Sequential:
    """Two affine layers: from `size` to twice `size`, and back."""
    return nn.Sequential(nn.Linear(size, 2 * size), nn.SiLU(), nn.Linear(2 * size, size))


def _pairs(bands: Tensor) -> Tensor:
    """Joined pairs of bands: [batch, frame, band, channel] -> [..., band / 2, 2 * channel]."""
    return bands.unflatten(2, (-1, JOINED)).flatten(3)


def _apart(pairs: Tensor) -> Tensor:
    """The inverse of `_pairs`."""
    return pairs.unflatten(3, (JOINED, -1)).flatten(2, 3)
