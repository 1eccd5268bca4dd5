"""An LSTM over tokens."""

from typing import Any

from torch import Tensor, nn

from models.melody.next_note import NextNote


class NextNoteLSTM(NextNote):
    """LSTM layers over learned embeddings of tokens, and an affine layer for the softmax.

    embedding: size of a token's embedding. dropout: between the layers and before the affine layer.
    """

    def __init__(
        self, tokens: int, embedding: int, hidden: int, layers: int = 2, dropout: float = 0.0
    ):
        super().__init__(tokens)
        between = dropout if layers > 1 else 0.0
        self.embedding = nn.Embedding(tokens, embedding)
        self.lstm = nn.LSTM(embedding, hidden, layers, batch_first=True, dropout=between)
        self.dropout = nn.Dropout(dropout)
        self.out = nn.Linear(hidden, tokens)

    def forward(self, tokens: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """See `NextNote.forward`."""
        features, state = self.lstm(self.embedding(tokens), state)
        return self.out(self.dropout(features)), state
