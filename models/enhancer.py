"""The enhancer: makes the enhanced waveform of a mixture."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from dsp.decibel import mixture_share
from dsp.stft import STFT
from models.level import Level
from models.networks.network import Network
from models.targets.target import Target


class Enhancer(nn.Module):
    """A network with its transform, target and level.

    network: called with freqs and target. level: magnitudes are divided by it before the network,
    and multiplied by it after the network. attenuation_limit_db: L, the largest attenuation; the
    enhanced signal is g * mixture + (1 - g) * estimate with g = 10^(-L / 20). None: g = 0. Raises
    ValueError at the first mixture where the network does not give one estimate per stage, and for
    a limit that is not positive.
    """

    def __init__(
        self,
        stft: STFT,
        target: Target,
        network: Callable[..., Network],
        level: Level,
        attenuation_limit_db: float | None = None,
    ):
        super().__init__()
        require_limit(attenuation_limit_db)
        self.mixture_share = mixture_share(attenuation_limit_db)
        self.stft = stft
        self.target = target
        self.level = level
        self.network = network(freqs=stft.freqs, target=target)

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

    def estimated_spectrum(self, estimate: Tensor, spectrum: Tensor, level: Tensor) -> Tensor:
        """The spectrum of an estimate, without the mixture's share.

        Shapes: estimate [batch, component, freq, frame], spectrum [batch, freq, frame], level
        [batch, 1, frame] -> [batch, freq, frame], complex; each may have a stage after the batch.
        """
        return self.target.spectrum(estimate, spectrum / level) * level

    def estimates(self, spectrum: Tensor) -> tuple[Tensor, Tensor]:
        """The network's estimates for a mixture's spectrum, and the level that they refer to.

        Shapes: spectrum [batch, freq, frame] -> [batch, stage, component, freq, frame] and
        [batch, 1, frame].
        """
        magnitude = spectrum.abs()
        level = self.level(magnitude)
        mixture = self.target.components(spectrum / level)
        estimates = self.network(mixture)
        self._require_shape(estimates, mixture)
        return estimates.to(mixture.dtype), level

    def _require_shape(self, estimates: Tensor, mixture: Tensor) -> None:
        """Raise ValueError for estimates of another shape: broadcasting would falsify the loss."""
        needed = [len(mixture), self.network.stage_count, *mixture.shape[1:]]
        shape = list(estimates.shape)
        if shape != needed:
            raise ValueError(
                f"{type(self.network).__name__} makes {shape} of a mixture {list(mixture.shape)}; "
                f"it must be [batch, stage, component, freq, frame], here {needed}"
            )


def require_limit(attenuation_limit_db: float | None) -> None:
    """Raise ValueError for a largest attenuation that is neither None nor positive."""
    if attenuation_limit_db is not None and not attenuation_limit_db > 0:
        raise ValueError(
            f"attenuation_limit_db={attenuation_limit_db}: must be above 0; null is no limit"
        )
