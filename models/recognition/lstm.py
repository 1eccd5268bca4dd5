"""LSTM layers over frames, with or without a convolution before them."""

from torch import Tensor, nn
from torch.nn.functional import pad, relu

from models.padded_lstm import padded_outputs
from models.recognition.network import RecognitionNetwork


class RecognitionLSTM(RecognitionNetwork):
    """LSTM layers and an affine layer; bidirectional as in Graves and Schmidhuber, 2005.

    stride: frames per step; their features are concatenated. channels: where given, a Conv1D of so
    many channels over `kernel` frames, with that stride, takes the place of the concatenation. The
    network, with its convolution, is causal unless it is bidirectional.
    """

    def __init__(
        self,
        features: int,
        tokens: int,
        hidden: int = 128,
        layers: int = 2,
        bidirectional: bool = True,
        stride: int = 3,
        channels: int | None = None,
        kernel: int = 9,
        dropout: float = 0.0,
    ):
        super().__init__()
        _require(stride, channels, kernel)
        self.causal, self.stride = not bidirectional, stride
        self.front = nn.Conv1d(features, channels, kernel, stride) if channels else None
        inputs = channels or features * stride
        between = dropout if layers > 1 else 0.0
        self.lstm = nn.LSTM(
            inputs, hidden, layers, batch_first=True, bidirectional=bidirectional, dropout=between
        )
        self.drop = nn.Dropout(dropout)
        self.out = nn.Linear(hidden * (1 + bidirectional), tokens)

    def forward(self, features: Tensor, frames: Tensor) -> Tensor:
        """See `RecognitionNetwork.forward`."""
        inputs = self._joined(features) if self.front is None else self._convolved(features)
        hidden = padded_outputs(self.lstm, inputs, self.steps(frames))
        return self.out(self.drop(hidden))

    def _joined(self, features: Tensor) -> Tensor:
        """Concatenated frames: [batch, frame, feature] -> [batch, step, stride * feature]."""
        missing = -features.shape[1] % self.stride
        return pad(features, (0, 0, 0, missing)).unflatten(1, (-1, self.stride)).flatten(2)

    def _convolved(self, features: Tensor) -> Tensor:
        """The output of the convolution: [batch, frame, feature] -> [batch, step, channel]."""
        missing = -features.shape[1] % self.stride
        around = self.front.kernel_size[0] - self.stride
        # A causal convolution sees no frame after the last frame of its step.
        before = around if self.causal else around // 2
        padded = pad(features.transpose(1, 2), (before, around - before + missing))
        return relu(self.front(padded)).transpose(1, 2)


def _require(stride: int, channels: int | None, kernel: int) -> None:
    if stride < 1:
        raise ValueError(f"task.network.stride={stride}: must be at least 1")
    if channels and kernel < stride:
        raise ValueError(
            f"task.network.kernel={kernel}: leaves frames out; give at least stride={stride}"
        )
