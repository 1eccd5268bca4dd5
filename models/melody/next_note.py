"""The contract of every network that foretells the next token of a tune."""

from abc import ABC, abstractmethod
from typing import Any

from torch import Tensor, nn


class NextNote(nn.Module, ABC):
    """From the tokens so far to what the next one may be.

    Made with `tokens`, how many there are, and the options of its file. Estimates at a token know
    it and those before it, no later one; what comes after the end of a tune changes none before it.
    """

    def __init__(self, tokens: int):
        super().__init__()
        self.tokens = tokens

    @abstractmethod
    def forward(self, tokens: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Unnormalised log-probabilities of the token that follows each one, and the state.

        Shapes: [batch, time] -> [batch, time, token]. state: after the tokens before these; None:
        there were none.
        """
