"""The contract of every loss that compares waveforms."""

from abc import ABC, abstractmethod

from omegaconf import DictConfig
from torch import Tensor

from dsp.stft import STFT
from options.build import build


class Loss(ABC):
    """A loss that a training minimises in the place of its target's (see Target.loss).

    It compares waveforms: the estimates of all stages with their references.
    """

    @abstractmethod
    def of_signals(
        self, estimate: Tensor, reference: Tensor, mixture: Tensor, length: Tensor, stft: STFT
    ) -> Tensor:
        """The loss of each estimate: [batch, stage].

        Shapes: estimate, reference [batch, stage, time], mixture [batch, time], all zero after
        `length` [batch] samples; the loss is of these alone. stft: the training's transform.
        """


def criterion_of(recipe: DictConfig) -> Loss | None:
    """The loss that a recipe chooses; None: the loss of the target."""
    return build(recipe.loss, Loss) if recipe.loss else None
