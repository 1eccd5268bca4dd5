"""What a network's magnitudes are relative to."""

import torch
from torch import Tensor, nn

SMALLEST = 1e-8  # far below 16-bit rounding: only digital silence is divided by it

State = tuple[Tensor, int] | None


class RunningLevel(nn.Module):
    """Root mean square of all magnitudes up to and including the current frame: causal, and as loud as the recording.

    Scaling a mixture scales its level alike, so a network sees the same whatever the gain. The mean is over all frames
    so far: in a pause the level stays where it was, and one gain cannot pump.

    Shapes: magnitude [batch, freq, frame] -> level [batch, 1, frame].
    """

    def forward(self, magnitude: Tensor) -> Tensor:
        """The level of all frames at once."""
        return self.advance(magnitude, None)[0]

    def advance(self, magnitude: Tensor, state: State) -> tuple[Tensor, State]:
        """The level of the next frames, and the state to pass with those after them; None starts anew."""
        total, count = state or (magnitude.new_zeros(magnitude.shape[0], 1, 1, dtype=torch.float64), 0)
        sums = total + magnitude.double().square().mean(1, keepdim=True).cumsum(-1)
        counts = count + torch.arange(1, magnitude.shape[-1] + 1, device=magnitude.device)
        level = (sums / counts).sqrt().clamp_min(SMALLEST)
        return level.to(magnitude.dtype), (sums[..., -1:], count + magnitude.shape[-1])


class RawLevel(nn.Module):
    """One, always: the network sees the magnitudes themselves, as in the papers."""

    def forward(self, magnitude: Tensor) -> Tensor:
        """The level of all frames at once: [batch, freq, frame] -> [batch, 1, frame]."""
        return torch.ones_like(magnitude[:, :1])

    def advance(self, magnitude: Tensor, state: State) -> tuple[Tensor, State]:
        """The level of the next frames; there is no state."""
        return self(magnitude), None
