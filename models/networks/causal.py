"""Convolutions over frequency and past frames that can also run frame by frame."""

import torch
from torch import Tensor, nn

KERNEL = (2, 3)  # frame, freq
STRIDE = (1, 2)


def halved(freqs: int) -> int:
    """Frequency size after a convolution of kernel 3 and stride 2 without padding; ValueError where none is left."""
    if freqs < 3:
        raise ValueError(f"{freqs} frequencies are too few for a convolution of kernel 3; use a higher sample_rate")
    return (freqs - 3) // 2 + 1


def with_past(features: Tensor, past: Tensor | None) -> tuple[Tensor, Tensor]:
    """`features` [batch, channel, frame, freq] after one frame more (zeros at the start), and the frame to carry on."""
    if past is None:
        past = torch.zeros_like(features[:, :, :1])
    return torch.cat((past, features), 2), features[:, :, -1:]


class CausalConv(nn.Module):
    """Convolution over the current and one past frame; halves the frequency axis; batch norm and ELU follow.

    Shapes: [batch, channel, frame, freq] -> [batch, channel, frame, halved(freq)].
    """

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, KERNEL, STRIDE)
        self.after = nn.Sequential(nn.BatchNorm2d(outputs), nn.ELU())

    def forward(self, features: Tensor, past: Tensor | None) -> tuple[Tensor, Tensor]:
        """Features and the frame that the next call needs as `past`."""
        features, carried = with_past(features, past)
        return self.after(self.conv(features)), carried


class CausalDeconv(nn.Module):
    """Transposed convolution, the mirror of `CausalConv`; the `last` has neither batch norm nor ELU.

    An input frame spreads over its own and the next frame: the output beyond the last input frame lies in the future
    and is dropped. `padding` (0 or 1) restores an even frequency size.

    Shapes: [batch, channel, frame, freq] -> [batch, channel, frame, 2 * freq + 1 + padding].
    """

    def __init__(self, inputs: int, outputs: int, padding: int, last: bool = False):
        super().__init__()
        self.deconv = nn.ConvTranspose2d(inputs, outputs, KERNEL, STRIDE, output_padding=(0, padding))
        self.after = nn.Identity() if last else nn.Sequential(nn.BatchNorm2d(outputs), nn.ELU())

    def forward(self, features: Tensor, past: Tensor | None) -> tuple[Tensor, Tensor]:
        """Features and the frame that the next call needs as `past`."""
        features, carried = with_past(features, past)
        return self.after(self.deconv(features)[:, :, 1:-1]), carried
