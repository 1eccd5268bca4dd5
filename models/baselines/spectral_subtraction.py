"""Spectral subtraction: the noise's recent magnitude is subtracted from every frame."""

import torch
from torch import Tensor

from dsp.decibel import amplitude
from models.baselines.spectral_gain import SpectralGain


class SpectralSubtraction(SpectralGain):
    """Magnitudes minus the noise's (Boll, 1979), with the noise by minimum statistics.

    The enhanced magnitude is |mixture| - over_subtraction * |noise|. It is at least a floor of
    `floor_db` relative to the noise, which hides isolated peaks (Berouti et al., 1979), and at most
    the mixture's magnitude. Other options as for `SpectralGain`.

    Raises ValueError for options out of range.
    """

    def __init__(
        self,
        sample_rate: int,
        over_subtraction: float = 1.0,
        floor_db: float = -15.0,
        smoothing_s: float = 0.1,
        span_s: float = 1.5,
        window_s: float = 0.032,
        hop_s: float = 0.016,
    ):
        super().__init__(sample_rate, smoothing_s, span_s, window_s, hop_s)
        if not (1 <= over_subtraction <= 20 and -100 <= floor_db <= 0):
            raise ValueError(
                f"over_subtraction={over_subtraction:g}, floor_db={floor_db:g}: "
                "must be from 1 to 20, and from -100 to 0"
            )
        self.over_subtraction = over_subtraction
        self.floor_db = floor_db

    def gain(self, power: Tensor, noise: Tensor) -> Tensor:
        """See `SpectralGain.gain`."""
        magnitude, of_noise = power.sqrt(), noise.sqrt()
        lowest = amplitude(self.floor_db) * of_noise
        left = torch.maximum(magnitude - self.over_subtraction * of_noise, lowest)
        tiny = torch.finfo(magnitude.dtype).tiny  # silence stays silence
        return (left / magnitude.clamp_min(tiny)).clamp_max(1)
