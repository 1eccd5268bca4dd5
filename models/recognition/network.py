"""The contract of every recognition network."""

from abc import ABC, abstractmethod
from typing import Any

from torch import Tensor, nn


class RecognitionNetwork(nn.Module, ABC):
    """Features in, scores of tokens out, in steps of one or more frames.

    It is made with `features` and `tokens`, the numbers of both, and the options of its yaml.
    causal: no step depends on a later frame. stride: frames per step.
    """

    causal: bool
    stride: int

    def steps(self, frames: Any) -> Any:
        """The number of steps of `frames`, which is a number or a tensor."""
        return (frames + self.stride - 1) // self.stride

    @abstractmethod
    def forward(self, features: Tensor, frames: Tensor) -> Tensor:
        """Unnormalised scores: [batch, frame, feature] -> [batch, step, token].

        The features are 0 after the `frames` [batch] of a signal. The scores of a signal do not
        depend on the other signals of the batch, or on the length of its padding.
        """
