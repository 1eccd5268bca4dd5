"""The enhancer: makes the enhanced waveform of a mixture."""

from collections.abc import Callable

import torch
from torch import Tensor

from dsp.decibel import mixture_share
from dsp.stft import STFT
from models.estimator import Estimator
from models.level import Level
from models.networks.network import Network
from models.targets.target import Target


class Enhancer(Estimator):
    """A `Network` with its transform, target and level; see `Estimator`.

    attenuation_limit_db: L, the largest attenuation; the enhanced signal is g * mixture + (1 - g) *
    estimate with g = 10^(-L / 20). None: g = 0. Raises ValueError for a limit that is not positive,
    and at the first mixture where the network does not give one estimate per stage.
    """

    outputs = "stage"

    def __init__(
        self,
        stft: STFT,
        target: Target,
        network: Callable[..., Network],
        level: Level,
        attenuation_limit_db: float | None = None,
    ):
        require_limit(attenuation_limit_db)
        super().__init__(stft, target, network, level)
        self.mixture_share = mixture_share(attenuation_limit_db)

    @property
    def output_count(self) -> int:
        """See `Estimator.output_count`: the stages of the network."""
        return self.network.stage_count

    @torch.no_grad()
    def enhance(self, mixture: Tensor, stage: int | None = None) -> Tensor:
        """Waveform to waveform: [batch, time] -> [batch, time]; stage: see `enhanced_spectrum`."""
        enhanced = self.enhanced_spectrum(self.stft(mixture), stage)
        return self.stft.inverse(enhanced, mixture.shape[-1])

    @torch.no_grad()
    def enhanced_spectrum(self, spectrum: Tensor, stage: int | None = None) -> Tensor:
        """The enhanced spectrum of a mixture's: [batch, freq, frame] -> the same, complex.

        stage: the stage of the estimate, from 0; None: the network's final estimate.
        """
        training = self.training
        self.eval()
        estimates, level = self.estimates(spectrum)
        estimate = self.network.final(estimates) if stage is None else estimates[:, stage]
        enhanced = self.audible(estimate, spectrum, level)
        self.train(training)
        return enhanced

    def audible(self, estimate: Tensor, spectrum: Tensor, level: Tensor) -> Tensor:
        """The enhanced spectrum: `estimated_spectrum` with the mixture's share; same shapes."""
        estimated = self.estimated_spectrum(estimate, spectrum, level)
        if not self.mixture_share:
            return estimated
        return (1 - self.mixture_share) * estimated + self.mixture_share * spectrum


def require_limit(attenuation_limit_db: float | None) -> None:
    """Raise ValueError for a largest attenuation that is neither None nor positive."""
    if attenuation_limit_db is not None and not attenuation_limit_db > 0:
        raise ValueError(
            f"attenuation_limit_db={attenuation_limit_db}: must be above 0; null is no limit"
        )
