"""The coherent mean of frames: tones with whole periods in a frame stay, the rest averages out."""

import torch
from torch import Tensor
from torch.nn.functional import pad

from models.baselines.predictor import require_signal
from models.system import Enhancing


class FrameMean(Enhancing):
    """Every frame of `frame_s` becomes the mean of all.

    Raises ValueError for a frame without samples, and for a signal that cannot be enhanced.
    """

    def __init__(self, sample_rate: int, frame_s: float = 1.0):
        super().__init__(sample_rate)
        self.frame = round(frame_s * sample_rate)
        if self.frame < 1:
            raise ValueError(f"frame_s={frame_s:g}: must hold a sample; choose a longer frame")

    def enhance(self, mixture: Tensor) -> Tensor:
        """Each mixture by its own mean: [batch, time] -> [batch, time]."""
        for signal in mixture:
            require_signal(signal)
        samples = mixture.shape[-1]
        frames = -(-samples // self.frame)
        filled = pad(mixture.double(), (0, frames * self.frame - samples))
        total = filled.unflatten(-1, (frames, self.frame)).sum(1)
        begins = torch.arange(self.frame, device=mixture.device)
        counts = (samples - begins - 1).div(self.frame, rounding_mode="floor") + 1
        mean = total / counts.clamp_min(1)
        return mean.repeat(1, frames)[:, :samples].to(mixture)
