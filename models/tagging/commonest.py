"""The class frequencies as a tagger: the accuracy of guessing the most frequent class."""

import torch
from torch import Tensor, nn

from models.tagging.network import TaggingNetwork


class Commonest(TaggingNetwork):
    """A learned score for every class, the same for all clips: it names the most frequent class."""

    def __init__(self, features: int, classes: int):
        super().__init__()
        self.scores = nn.Parameter(torch.zeros(classes))

    def forward(self, features: Tensor, frames: Tensor) -> Tensor:
        """See `TaggingNetwork.forward`."""
        return self.scores.expand(len(features), -1)

    def multiply_adds(self, frames: int) -> int:
        """0, see `TaggingNetwork.multiply_adds`."""
        return 0
