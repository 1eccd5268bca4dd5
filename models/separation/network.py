"""The contract of every separation network: a mixture in, an estimate of every talker out."""

from abc import ABC, abstractmethod
from typing import Any

from torch import Tensor, nn

from models.targets.target import Target


class SeparationNetwork(nn.Module, ABC):
    """A mixture in, an estimate for each of `talkers` out, all in the components of its target.

    A class is made with `freqs`, the size of the frequency axis, `target`, which turns an output
    into an estimate, and the options of its yaml. The network chooses the order of the talkers; the
    order must be the same throughout a mixture.

    Shapes: mixture [batch, component, freq, frame] -> [batch, talker, component, freq, frame].

    Signals of a batch are padded with zeros at their ends: zeros after a mixture must change no
    estimate of it. Raises ValueError for fewer than two talkers.
    """

    def __init__(self, target: Target, talkers: int = 2):
        super().__init__()
        if talkers < 2:
            raise ValueError(f"talkers={talkers}: to take apart, at least 2")
        self.target = target
        self.talkers = talkers

    @property
    @abstractmethod
    def causal(self) -> bool:
        """Whether no frame depends on a later one."""

    @abstractmethod
    def initial_state(self, batch: int) -> Any:
        """The state before the first frame: tensors, tuples, lists or dicts."""

    @abstractmethod
    def advance(self, mixture: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Estimates of the next frames, and the state to pass with those after them.

        Where the network is not causal, these are all frames of a mixture. Shapes are those of the
        class.
        """

    def forward(self, mixture: Tensor) -> Tensor:
        """All frames at once."""
        estimates, _ = self.advance(mixture, self.initial_state(len(mixture)))
        return estimates
