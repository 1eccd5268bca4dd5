"""The level to which a network's magnitudes are relative."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

SMALLEST = 1e-8  # far below 16-bit rounding: it matters only in digital silence


class Level(nn.Module, ABC):
    """A causal measure of magnitudes, which are divided by it before a network.

    After the network they are multiplied by it.

    Shapes: magnitude [batch, freq, frame] -> level [batch, 1, frame]. `rule` describes it in a
    line, for readers of an exported network.
    """

    rule: ClassVar[str] = "see the class of this name"

    def forward(self, magnitude: Tensor) -> Tensor:
        """The level of all frames at once."""
        state = self.initial_state(len(magnitude))
        level, _ = self.advance(magnitude, state)
        return level

    @abstractmethod
    def initial_state(self, batch: int) -> Any:
        """The state before the first frame: tensors, or a tuple of them."""

    @abstractmethod
    def advance(self, magnitude: Tensor, state: Any) -> tuple[Tensor, Any]:
        """The level of the next frames, and the state to pass with those after them."""


class RunningLevel(Level):
    """Root mean square of all magnitudes up to and including the current frame: causal.

    A gain of the mixture scales its level by the same factor, so the network's input does not
    depend on the gain. The mean is over all frames so far, so the level changes little in a pause
    and the gain does not pump.
    """

    rule = f"sqrt(mean of |X|^2 over all frequencies of all frames so far), at least {SMALLEST:g}"

    def __init__(self):
        super().__init__()
        # A buffer: it is on the device of the module.
        self.register_buffer("zero", torch.zeros(()), persistent=False)

    def initial_state(self, batch: int) -> tuple[Tensor, Tensor]:
        """The sum of the frames' mean squares [batch, 1, 1], and the number of frames."""
        total = self.zero.new_zeros(batch, 1, 1, dtype=torch.float64)
        count = self.zero.new_zeros((), dtype=torch.int64)
        return total, count

    def advance(
        self, magnitude: Tensor, state: tuple[Tensor, Tensor]
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """See `Level.advance`."""
        total, count = state
        frames = magnitude.shape[-1]
        mean_squares = magnitude.double().square().mean(1, keepdim=True)
        totals = total + mean_squares.cumsum(-1)
        counts = count + torch.arange(1, frames + 1, device=magnitude.device)
        level = (totals / counts).sqrt().clamp_min(SMALLEST)
        return level.to(magnitude.dtype), (totals[..., -1:], count + frames)


class RawLevel(Level):
    """A level of 1: the network sees the magnitudes themselves, as in the papers."""

    rule = "1"

    def initial_state(self, batch: int) -> tuple[()]:
        """An empty state."""
        return ()

    def advance(self, magnitude: Tensor, state: tuple[()]) -> tuple[Tensor, tuple[()]]:
        """See `Level.advance`."""
        return torch.ones_like(magnitude[:, :1]), state
