"""The network of the line predictor."""

from torch import Tensor, nn

CELLS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM, "bilstm": nn.LSTM}
INITIALS = ("zero", "default")


class Predictor(nn.Module):
    """One recurrent layer and an affine one: [frame, time] -> [frame, time].

    cell: one of `CELLS`. initial: "zero", an output that starts from nothing and so holds what was
    learned and no more, or "default", PyTorch's random weights, whose output a weak tone must first
    outgrow.
    """

    def __init__(self, cell: str, samples: int, hidden: int, initial: str):
        super().__init__()
        bidirectional = cell == "bilstm"
        directions = 2 if bidirectional else 1
        self.recurrent = CELLS[cell](samples, hidden, bidirectional=bidirectional)
        self.affine = nn.Linear(hidden * directions, samples)
        if initial == "zero":
            nn.init.zeros_(self.affine.weight)
            nn.init.zeros_(self.affine.bias)

    def forward(self, frames: Tensor) -> Tensor:
        """Predictions of all frames."""
        features, _ = self.recurrent(frames)
        return self.affine(features)
