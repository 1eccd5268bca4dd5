"""U-Net on decibel spectrograms (U-Net paper; its public description), for any length."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dsp.decibel import amplitude
from models.networks.network import Network
from models.targets.target import Target

FLOOR_DB = -80.0  # below the loudest bin of a window
CENTRE_DB, SPREAD_DB = -46.0, 50.0  # brings decibels of speech near [-1, 1]


class UNet(Network):
    """Encoder and decoder of 3 x 3 convolutions over windows of `frames` frames.

    Its input is decibels relative to the loudest bin of a window. Each level of the encoder has two
    convolutions, LeakyReLU and max pooling; the `dropped` deepest levels also have dropout. The
    decoder mirrors the encoder with upsampling, a 2 x 2 convolution and the skip connections.
    Initial weights are He-normal. The network is not causal, because a frame sees later frames of
    its window. Windows overlap by half and are cross-faded, so every frame lies in two windows,
    joints are inaudible, and a signal may have any length.

    It has one stage. For a target with real and imaginary parts its input also has their direction.

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
        super().__init__(target)
        self.divisor = 2 ** (len(channels) - 1)
        if frames % (2 * self.divisor):
            raise ValueError(
                f"network.frames={frames}: must be a multiple of {2 * self.divisor} "
                f"for {len(channels)} levels"
            )
        self.freqs = freqs
        self.frames = frames
        direction = target.component_count if target.component_count > 1 else 0
        self.encoder = _encoder(1 + direction, channels, dropout, dropped)
        self.upward = _upward(channels)
        self.decoder = _decoder(channels)
        self.out = nn.Sequential(
            nn.Conv2d(channels[0], 2, 3, padding=1),
            nn.LeakyReLU(),
            nn.Conv2d(2, target.component_count, 1),
        )
        self.apply(_he_normal)
        self.register_buffer("fade", torch.hann_window(frames), persistent=False)

    @property
    def reach(self) -> int:
        """See `Network.reach`: the frames of a window, as two windows cover each frame."""
        return self.frames

    def forward(self, mixture: Tensor) -> Tensor:
        """See `Network.forward`; window by window."""
        batch, _, _, length = mixture.shape
        hop = self.frames // 2
        # Windows at -hop, 0, hop, ...: every frame lies under exactly two.
        count = length // hop + 2
        padded = F.pad(mixture, (hop, count * hop - length))
        windows = padded.unfold(-1, self.frames, hop)  # [batch, component, freq, window, frame]
        windows = windows.permute(0, 3, 1, 2, 4)
        estimates = self._estimate(windows.flatten(0, 1))
        faded = estimates.unflatten(0, (batch, count)) * self.fade
        joined = self._joined(faded, padded.shape[-1])
        return joined[..., hop : hop + length]

    def final(self, estimates: Tensor) -> Tensor:
        """See `Network.final`."""
        return estimates[:, 0]

    def _estimate(self, windows: Tensor) -> Tensor:
        """The estimates for windows: [window, component, freq, frame] -> the same.

        All inputs are relative to the window itself, so they do not depend on the gain.
        """
        smallest = torch.finfo(windows.dtype).tiny
        magnitude = torch.linalg.vector_norm(windows, dim=1, keepdim=True)
        loudest = magnitude.amax((2, 3), keepdim=True).clamp_min(smallest)
        relative = magnitude / loudest
        decibels = 20 * relative.clamp_min(amplitude(FLOOR_DB)).log10()
        features = (decibels - CENTRE_DB) / SPREAD_DB
        if self.target.component_count > 1:
            direction = windows / magnitude.clamp_min(smallest)
            features = torch.cat((features, direction), 1)
        spare = -self.freqs % self.divisor
        padded = F.pad(features, (0, 0, 0, spare), mode="replicate")
        output = self._run(padded)[:, :, : self.freqs]
        # The target's own scale is that of speech: the loudest bin is far above it, and what is far
        # above a target's reach costs so much in the first steps that they silence it.
        mean_square = magnitude.square().mean((2, 3), keepdim=True)
        typical = mean_square.sqrt().clamp_min(smallest)
        return self.target.estimate(output, windows / typical) * typical

    def _run(self, features: Tensor) -> Tensor:
        first, *deeper = self.encoder
        # Convolutions are a third faster with channels last; a single channel has no such layout.
        features = first[0](features).contiguous(memory_format=torch.channels_last)
        features = first[1:](features)
        skips = []
        for layers in deeper:
            skips.append(features)
            features = layers(F.max_pool2d(features, 2))
        for upward, layers in zip(self.upward, self.decoder, strict=True):
            joined = torch.cat((skips.pop(), upward(features)), 1)
            features = layers(joined)
        return self.out(features)

    def _joined(self, windows: Tensor, length: int) -> Tensor:
        """The sum of overlapping windows, `length` frames long.

        [batch, window, component, freq, frame] -> [batch, 1, component, freq, frame].
        """
        batch, count = windows.shape[:2]
        columns = windows.permute(0, 2, 3, 4, 1)  # [batch, component, freq, frame, window]
        joined = F.fold(
            columns.reshape(-1, self.frames, count),
            output_size=(1, length),
            kernel_size=(1, self.frames),
            stride=(1, self.frames // 2),
        )
        return joined.reshape(batch, 1, -1, self.freqs, length)


def _encoder(inputs: int, channels: Sequence[int], dropout: float, dropped: int) -> nn.ModuleList:
    first_dropped = len(channels) - dropped
    layers = nn.ModuleList()
    for level, outputs in enumerate(channels):
        pair = _pair(inputs, outputs)
        if level >= first_dropped and dropout:
            pair.append(nn.Dropout(dropout))
        layers.append(pair)
        inputs = outputs
    return layers


def _upward(channels: Sequence[int]) -> nn.ModuleList:
    """The layers from every level but the first to the level above it, the deepest first."""
    layers = nn.ModuleList()
    for level in range(len(channels) - 1, 0, -1):
        layers.append(_up(channels[level], channels[level - 1]))
    return layers


def _decoder(channels: Sequence[int]) -> nn.ModuleList:
    """The layers of every level but the deepest; they see skipped features and those from below."""
    layers = nn.ModuleList()
    for outputs in reversed(channels[:-1]):
        layers.append(_pair(2 * outputs, outputs))
    return layers


def _pair(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1),
        nn.LeakyReLU(),
        nn.Conv2d(outputs, outputs, 3, padding=1),
        nn.LeakyReLU(),
    )


def _up(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Upsample(scale_factor=2),
        # A kernel of 2 needs one sample more: it is added at the end of both axes.
        nn.ZeroPad2d((0, 1, 0, 1)),
        nn.Conv2d(inputs, outputs, 2),
        nn.LeakyReLU(),
    )


def _he_normal(module: nn.Module) -> None:
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, nonlinearity="leaky_relu", a=0.01)
        nn.init.zeros_(module.bias)
