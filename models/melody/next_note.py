"""The contract of every network that predicts the next token of a tune."""

from abc import ABC, abstractmethod
from typing import Any

from torch import Tensor, nn


class NextNote(nn.Module, ABC):
    """Predicts the next token from the tokens so far.

    It is made with `tokens`, the number of different tokens, and the options of its file. The
    estimate at a token depends on it and the tokens before it, never on later ones. Padding after
    the end of a tune changes no estimate of the tune.
    """

    def __init__(self, tokens: int):
        super().__init__()
        self.tokens = tokens

    @abstractmethod
    def forward(self, tokens: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Unnormalised log-probabilities of the token that follows each one, and the state.

        Shapes: [batch, time] -> [batch, time, token]. state: the state after the earlier tokens;
        None at the beginning.
        """
