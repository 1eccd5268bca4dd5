"""The contract of every tagging network."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn


class TaggingNetwork(nn.Module, ABC):
    """The features of a clip in, a score for every class out.

    It is made with `features` and `classes`, the numbers of both, and the options of its yaml.
    """

    @abstractmethod
    def forward(self, features: Tensor, frames: Tensor) -> Tensor:
        """Unnormalised scores: [batch, frame, feature] -> [batch, class].

        The features are 0 after the `frames` [batch] of a clip. The scores of a clip do not depend
        on the other clips of the batch, or on the length of its padding.
        """

    @abstractmethod
    def multiply_adds(self, frames: int) -> int:
        """The number of multiply-adds for a clip of `frames` frames."""


def mean_over_frames(features: Tensor, frames: Tensor) -> Tensor:
    """Means over the first `frames` [batch]: [batch, frame, feature] -> [batch, feature]."""
    number = torch.arange(features.shape[1], device=features.device)
    inside = (number < frames[:, None])[..., None]
    return torch.where(inside, features, 0).sum(1) / frames[:, None]
