"""How common each class is, whatever is heard: what guessing reaches."""

import torch
from torch import Tensor, nn

from models.tagging.network import TaggingNetwork


class Commonest(TaggingNetwork):
    """A score for every class, the same for all clips: trained, it names the commonest one."""

    def __init__(self, features: int, classes: int):
        super().__init__()
        self.scores = nn.Parameter(torch.zeros(classes))

    def forward(self, features: Tensor, frames: Tensor) -> Tensor:
        """See `TaggingNetwork.forward`."""
        return self.scores.expand(len(features), -1)

    def multiply_adds(self, frames: int) -> int:
        """None."""
        return 0
