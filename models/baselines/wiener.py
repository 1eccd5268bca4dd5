"""The Wiener filter with the decision-directed estimate of the a priori SNR."""

import torch
from torch import Tensor

from dsp.decibel import power as power_of
from models.baselines.spectral_gain import SpectralGain


class Wiener(SpectralGain):
    """SNR / (1 + SNR) for every bin (Scalart and Vieira Filho, 1996); noise by minimum statistics.

    SNR is the a priori SNR by the decision-directed rule (Ephraim and Malah, 1984): `kept` times
    the power of the last frame's estimate over the noise, plus 1 - kept times the excess of the
    frame's own power over the noise. `lowest_snr_db` is its lower limit, which sets the level of
    the remaining noise and hides isolated peaks (Cappe, 1994). Other options as for `SpectralGain`.

    Raises ValueError for options out of range.
    """

    def __init__(
        self,
        sample_rate: int,
        kept: float = 0.98,
        lowest_snr_db: float = -15.0,
        smoothing_s: float = 0.1,
        span_s: float = 1.5,
        window_s: float = 0.032,
        hop_s: float = 0.016,
    ):
        super().__init__(sample_rate, smoothing_s, span_s, window_s, hop_s)
        if not (0 <= kept < 1 and -50 <= lowest_snr_db <= 0):
            raise ValueError(
                f"kept={kept:g}, lowest_snr_db={lowest_snr_db:g}: must be at least 0 and below 1, "
                "and from -50 to 0"
            )
        self.kept = kept
        self.lowest_snr_db = lowest_snr_db

    def gain(self, power: Tensor, noise: Tensor) -> Tensor:
        """See `SpectralGain.gain`; frame by frame, the first frame by its own power alone."""
        lowest = power_of(self.lowest_snr_db)
        noise = noise.clamp_min(torch.finfo(noise.dtype).tiny)
        gains: list[Tensor] = []
        for number, (own, of_noise) in enumerate(
            zip(power.unbind(-1), noise.unbind(-1), strict=True)
        ):
            snr = (own / of_noise - 1).clamp_min(0)
            if gains:
                before = gains[-1].square() * power[..., number - 1] / of_noise
                snr = self.kept * before + (1 - self.kept) * snr
            snr = snr.clamp(lowest, 1e12)  # finite where there is no noise
            gains.append(snr / (1 + snr))
        return torch.stack(gains, -1)
