"""U-Net on decibel spectrograms (U-Net paper; its public description), for signals of any length."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dsp.decibel import amplitude
from models.networks.network import Network
from models.targets.target import Target

FLOOR_DB = -80.0  # below the loudest bin of a window
CENTRE_DB, SPREAD_DB = -46.0, 50.0  # brings decibels of speech near [-1, 1]


class UNet(Network):
    """Encoder and decoder of 3 x 3 convolutions over windows of `frames` frames, in decibels below their loudest bin.

    Each level of the encoder has two convolutions, LeakyReLU and max pooling, the `dropped` deepest ones dropout too;
    the decoder mirrors it with upsampling, a 2 x 2 convolution and the skipped features. Weights start He-normal.
    A window sees its own future: not causal. Windows overlap by half and are cross-faded, every frame lying under two
    of them, so that joints cannot be heard and the length is free. It has one stage.

    Shapes: mixture magnitude [batch, freq, frame] -> estimate [batch, 1, freq, frame].
    Raises ValueError for windows that pooling does not divide.
    """

    causal = False

    def __init__(
        self,
        freqs: int,
        target: Target,
        channels: Sequence[int] = (16, 32, 64, 128, 256),
        frames: int = 128,
        dropout: float = 0.5,
        dropped: int = 2,
    ):
        super().__init__()
        self.divisor = 2 ** (len(channels) - 1)
        if frames % (2 * self.divisor):
            raise ValueError(
                f"network.frames={frames}: must be a multiple of {2 * self.divisor} for {len(channels)} levels"
            )
        self.target, self.freqs, self.frames = target, freqs, frames
        deep = [level >= len(channels) - dropped for level in range(len(channels))]
        inputs = [1, *channels[:-1]]
        self.encoder = nn.ModuleList(
            _pair(given, made, dropout if is_deep else 0.0)
            for given, made, is_deep in zip(inputs, channels, deep, strict=True)
        )
        upward = pairwise(reversed(channels))
        self.upward = nn.ModuleList(_up(below, made) for below, made in upward)
        self.decoder = nn.ModuleList(_pair(2 * made, made, 0.0) for made in reversed(channels[:-1]))
        self.out = nn.Sequential(
            nn.Conv2d(channels[0], 2, 3, padding=1), nn.LeakyReLU(), nn.Conv2d(2, 1, 1)
        )
        self.apply(_he_normal)
        self.register_buffer("fade", torch.hann_window(frames), persistent=False)

    def forward(self, mixture: Tensor) -> Tensor:
        """See `Network.forward`; window by window."""
        length, hop = mixture.shape[-1], self.frames // 2
        count = (
            length // hop + 2
        )  # windows at -hop, 0, hop, ...: every frame lies under exactly two
        padded = F.pad(mixture, (hop, (count + 1) * hop - length - hop))
        windows = padded.unfold(-1, self.frames, hop).permute(
            0, 2, 1, 3
        )  # [batch, window, freq, frame]
        estimates = (
            self._estimate(windows.flatten(0, 1)).unflatten(0, windows.shape[:2]) * self.fade
        )
        joined = F.fold(
            estimates.permute(0, 2, 3, 1).reshape(-1, self.frames, count),
            (1, padded.shape[-1]),
            (1, self.frames),
            stride=(1, hop),
        )
        return joined.reshape(len(mixture), 1, self.freqs, -1)[..., hop : hop + length]

    def final(self, estimates: Tensor) -> Tensor:
        """See `Network.final`."""
        return estimates[:, 0]

    def _estimate(self, windows: Tensor) -> Tensor:
        """[window, freq, frame] -> the same: all inputs are relative to the window itself, gain plays no part."""
        loudest = windows.amax((1, 2), keepdim=True).clamp_min(torch.finfo(windows.dtype).tiny)
        relative = windows / loudest
        decibels = 20 * relative.clamp_min(amplitude(FLOOR_DB)).log10()
        features = ((decibels - CENTRE_DB) / SPREAD_DB).unsqueeze(1)
        spare = -self.freqs % self.divisor
        output = self._run(F.pad(features, (0, 0, 0, spare), mode="replicate"))[:, 0, : self.freqs]
        # The target's own scale is that of speech: the loudest bin is far above it, and what is far above a target's
        # reach costs so much in the first steps that they silence it.
        typical = (
            windows.square()
            .mean((1, 2), keepdim=True)
            .sqrt()
            .clamp_min(torch.finfo(windows.dtype).tiny)
        )
        return self.target.estimate(output, windows / typical) * typical

    def _run(self, features: Tensor) -> Tensor:
        skips = []
        for level, layers in enumerate(self.encoder):
            features = layers(F.max_pool2d(features, 2) if level else features)
            skips.append(features)
        skips.pop()
        for upward, layers in zip(self.upward, self.decoder, strict=True):
            features = layers(torch.cat((skips.pop(), upward(features)), 1))
        return self.out(features)


def _pair(inputs: int, outputs: int, dropout: float) -> nn.Sequential:
    first = [nn.Conv2d(inputs, outputs, 3, padding=1), nn.LeakyReLU()]
    second = [nn.Conv2d(outputs, outputs, 3, padding=1), nn.LeakyReLU()]
    return nn.Sequential(*first, *second, *([nn.Dropout(dropout)] if dropout else []))


def _up(inputs: int, outputs: int) -> nn.Sequential:
    # A kernel of 2 needs one sample more: it is added at the end of both axes.
    pad = nn.ZeroPad2d((0, 1, 0, 1))
    return nn.Sequential(
        nn.Upsample(scale_factor=2), pad, nn.Conv2d(inputs, outputs, 2), nn.LeakyReLU()
    )


def _he_normal(module: nn.Module) -> None:
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, nonlinearity="leaky_relu", a=0.01)
        nn.init.zeros_(module.bias)
