"""The network of the line predictor, and the checks of every line enhancer on its input."""

from collections.abc import Collection

import torch
from torch import Tensor, nn

CELLS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM, "bilstm": nn.LSTM}
INITIALS = ("zero", "default", "glorot")


class Predictor(nn.Module):
    """A recurrent layer and an affine layer: [frame, time] -> [frame, time].

    cell: one of `CELLS`. initial: the initial weights. "zero": the output starts at zero, so it
    holds only what was learned. "default": PyTorch's random weights, whose output a weak tone must
    first exceed. "glorot": random weights after Glorot and Bengio (2010), orthogonal recurrent
    weights and zero biases, the defaults of frameworks like the paper's.
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
        elif initial == "glorot":
            self._begin_as_glorot()

    def _begin_as_glorot(self) -> None:
        for name, weights in self.named_parameters():
            if "bias" in name:
                nn.init.zeros_(weights)
            elif "weight_hh" in name:
                nn.init.orthogonal_(weights)
            else:
                nn.init.xavier_uniform_(weights)

    def forward(self, frames: Tensor) -> Tensor:
        """Predictions of all frames."""
        features, _ = self.recurrent(frames)
        return self.affine(features)


def require_known(option: str, value: str, known: Collection[str]) -> None:
    """Raise ValueError for a `value` that is not among the `known` values of an option."""
    if value not in known:
        raise ValueError(f"{option}={value!r}: must be one of {', '.join(known)}")


def require_signal(mixture: Tensor) -> None:
    """Raise ValueError for a mixture [time] that is constant or not finite."""
    if not torch.isfinite(mixture).all():
        raise ValueError("the mixture holds NaN or infinite samples; repair the recording")
    if mixture.min() == mixture.max():
        raise ValueError(
            "the mixture is constant, there is nothing to predict; check the recording"
        )
