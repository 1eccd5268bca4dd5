"""The contract of the networks that tag."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn


class TaggingNetwork(nn.Module, ABC):
    """From the features of a clip to a score for every class.

    It is made with `features` and `classes`, how many there are of both, beside what conf has.
    """

    @abstractmethod
    def forward(self, features: Tensor, frames: Tensor) -> Tensor:
        """[batch, frame, feature], 0 after `frames` [batch] -> [batch, class], unnormalised.

        What it gives for one clip does not depend on the others, nor on how far it is padded.
        """

    @abstractmethod
    def multiply_adds(self, frames: int) -> int:
        """How many a clip of so many frames takes."""


def mean_over_frames(features: Tensor, frames: Tensor) -> Tensor:
    """[batch, frame, feature] -> [batch, feature], of the first `frames` [batch] of each."""
    number = torch.arange(features.shape[1], device=features.device)
    inside = (number < frames[:, None])[..., None]
    return torch.where(inside, features, 0).sum(1) / frames[:, None]
