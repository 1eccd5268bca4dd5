"""The contract of the networks that recognise."""

from abc import ABC, abstractmethod
from typing import Any

from torch import Tensor, nn


class RecognitionNetwork(nn.Module, ABC):
    """From features to scores of tokens, in steps of one or more frames.

    It is made with `features` and `tokens`, how many there are of both, beside what conf has.
    causal: no step depends on a later frame. stride: frames to a step.
    """

    causal: bool
    stride: int

    def steps(self, frames: Any) -> Any:
        """How many steps `frames` make, a number or a tensor of them."""
        return (frames + self.stride - 1) // self.stride

    @abstractmethod
    def forward(self, features: Tensor, frames: Tensor) -> Tensor:
        """[batch, frame, feature], 0 after `frames` [batch] -> [batch, step, token], unnormalised.

        What it gives for one signal does not depend on the others, nor on how far it is padded.
        """
