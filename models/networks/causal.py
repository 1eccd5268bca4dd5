"""Parts of causal networks: layers that also run frame by frame, and their first state."""

import torch
from torch import Tensor, nn

KERNEL = (2, 3)  # frame, freq
STRIDE = (1, 2)


def halved(freqs: int) -> int:
    """Frequency size after a convolution of kernel 3 and stride 2 without padding.

    Raises ValueError where no frequency remains.
    """
    if freqs < 3:
        raise ValueError(
            f"{freqs} frequencies are too few for a convolution of kernel 3; "
            "use a higher sample_rate"
        )
    return (freqs - 3) // 2 + 1


def with_past(features: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
    """`features` after the one frame of `past`, and the frame to carry on.

    Shapes: [batch, channel, frame, freq] each.
    """
    return torch.cat((past, features), 2), features[:, :, -1:]


def no_past(layer: nn.Conv2d | nn.ConvTranspose2d, batch: int, freqs: int) -> Tensor:
    """The input of `layer` before the first frame: zeros [batch, channel, 1, freq]."""
    return layer.weight.new_zeros(batch, layer.in_channels, 1, freqs)


def no_memory(lstm: nn.LSTM, batch: int) -> tuple[Tensor, Tensor]:
    """The state of an LSTM before the first frame: zeros [layer, batch, hidden], twice."""
    zeros = lstm.weight_hh_l0.new_zeros(lstm.num_layers, batch, lstm.hidden_size)
    return zeros, zeros


def recur(
    lstm: nn.LSTM, features: Tensor, memory: tuple[Tensor, Tensor]
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """The output of `lstm` for `features` [batch, frame, feature], and the memory to carry on.

    A single frame goes through the cells: oneDNN's LSTM reorders all its weights at every call,
    which takes several times as long as the frame itself. An export keeps the LSTM, which runtimes
    know.
    """
    if features.shape[1] > 1 or torch.compiler.is_compiling():
        return lstm(features, memory)
    frame, hiddens, cells = features[:, 0], [], []
    for weights, hidden, cell in zip(lstm.all_weights, *memory, strict=True):
        frame, cell = torch.lstm_cell(frame, (hidden, cell), *weights)
        hiddens.append(frame)
        cells.append(cell)
    return frame.unsqueeze(1), (torch.stack(hiddens), torch.stack(cells))


def exactly(layer: nn.Module, features: Tensor, freqs: int) -> Tensor:
    """The output for `features` of a convolution between many frequencies and the few of `freqs`.

    Between three or four frequencies and one, oneDNN reads beyond the end in bfloat16, on CPUs with
    bfloat16 matrix multiplication: there it is computed in 32 bits.
    """
    device = features.device.type
    if freqs > 1 or not torch.is_autocast_enabled(device):
        return layer(features)
    with torch.autocast(device, enabled=False):
        return layer(features.float())


class CausalConv(nn.Module):
    """Convolution over the current and one past frame; batch norm and ELU follow.

    It halves the frequency axis: [batch, channel, frame, freq] -> [batch, channel, frame,
    halved(freq)].
    """

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, KERNEL, STRIDE)
        self.after = nn.Sequential(nn.BatchNorm2d(outputs), nn.ELU())

    def initial_past(self, batch: int, freqs: int) -> Tensor:
        """`past` before the first frame."""
        return no_past(self.conv, batch, freqs)

    def forward(self, features: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """Features and the frame that the next call needs as `past`."""
        features, carried = with_past(features, past)
        return self.after(exactly(self.conv, features, halved(features.shape[-1]))), carried


class CausalDeconv(nn.Module):
    """Transposed convolution, the mirror of `CausalConv`; the `last` has no batch norm and ELU.

    An input frame spreads over its own and the next frame: the output beyond the last input frame
    lies in the future and is dropped. `padding` (0 or 1) restores an even frequency size.

    Shapes: [batch, channel, frame, freq] -> [batch, channel, frame, 2 * freq + 1 + padding].
    """

    def __init__(self, inputs: int, outputs: int, padding: int, last: bool = False):
        super().__init__()
        self.deconv = nn.ConvTranspose2d(
            inputs, outputs, KERNEL, STRIDE, output_padding=(0, padding)
        )
        self.after = nn.Identity()
        if not last:
            self.after = nn.Sequential(nn.BatchNorm2d(outputs), nn.ELU())

    def initial_past(self, batch: int, freqs: int) -> Tensor:
        """`past` before the first frame."""
        return no_past(self.deconv, batch, freqs)

    def forward(self, features: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """Features and the frame that the next call needs as `past`."""
        features, carried = with_past(features, past)
        spread = exactly(self.deconv, features, features.shape[-1])
        return self.after(spread[:, :, 1:-1]), carried
