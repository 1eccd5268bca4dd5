"""A convolution over frames, pooling, and an LSTM whose last state gives the scores."""

from torch import Tensor, nn
from torch.nn.functional import max_pool1d, relu

from models.padded_lstm import last_outputs
from models.tagging.network import TaggingNetwork


class ConvLSTM(TaggingNetwork):
    """Conv1D, maximum over `pool` frames, LSTM, and an affine layer.

    channels, kernel: of the convolution; hidden: of the LSTM. dropout: before the affine layer.
    Raises ValueError for a kernel of an even number of frames, which has no middle.
    """

    def __init__(
        self,
        features: int,
        classes: int,
        channels: int = 64,
        kernel: int = 3,
        pool: int = 2,
        hidden: int = 128,
        dropout: float = 0.0,
    ):
        super().__init__()
        if kernel % 2 == 0:
            raise ValueError(f"task.network.kernel={kernel}: must be odd")
        self.pool = pool
        self.front = nn.Conv1d(features, channels, kernel, padding=kernel // 2)
        self.lstm = nn.LSTM(channels, hidden, batch_first=True)
        self.drop = nn.Dropout(dropout)
        self.out = nn.Linear(hidden, classes)

    def forward(self, features: Tensor, frames: Tensor) -> Tensor:
        """See `TaggingNetwork.forward`."""
        found = relu(self.front(features.transpose(1, 2)))
        steps = max_pool1d(found, self.pool, ceil_mode=True).transpose(1, 2)
        counts = (frames // self.pool).clamp(min=1)  # complete pools only
        return self.out(self.drop(last_outputs(self.lstm, steps, counts)))

    def multiply_adds(self, frames: int) -> int:
        """See `TaggingNetwork.multiply_adds`."""
        of_step = self.lstm.weight_ih_l0.numel() + self.lstm.weight_hh_l0.numel()
        steps = frames // self.pool
        return frames * self.front.weight.numel() + steps * of_step + self.out.weight.numel()
