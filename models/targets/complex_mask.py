"""Complex mask (Williamson et al., 2016) on compressed spectra: it changes the phase too."""

import torch
from torch import Tensor

from dsp.compression import compressed, expanded
from models.targets.target import Target, require_power


class ComplexMask(Target):
    """One and the output are a complex factor of each bin: an output of zero leaves it as it is.

    A network sees the real and the imaginary part of the spectrum with its magnitudes to the power
    of `power`, and its estimate is one of these too: with `power` below 1 quiet bins weigh more,
    and a mask of moderate size reaches far down. The loss is the squared difference of both parts.
    Raises ValueError for a power outside (0, 1].
    """

    component_count = 2

    def __init__(self, power: float = 0.3):
        require_power(power)
        self.power = power

    def components(self, spectrum: Tensor) -> Tensor:
        """Real and imaginary part of the compressed spectrum; see `Target.components`."""
        small = compressed(spectrum, self.power)
        return torch.stack((small.real, small.imag), -3)

    def spectrum(self, estimate: Tensor, mixture: Tensor) -> Tensor:
        """The expanded estimate, whose phase is its own; see `Target.spectrum`."""
        real, imaginary = estimate.unbind(-3)
        return expanded(torch.complex(real, imaginary), self.power)

    def estimate(self, output: Tensor, mixture: Tensor) -> Tensor:
        """(1 + output) * mixture, as complex numbers."""
        real, imaginary = output.unbind(-3)
        real = real + 1
        mixture_real, mixture_imaginary = mixture.unbind(-3)
        product = (
            real * mixture_real - imaginary * mixture_imaginary,
            real * mixture_imaginary + imaginary * mixture_real,
        )
        return torch.stack(product, -3)

    def ideal(self, reference: Tensor, mixture: Tensor) -> Tensor:
        """The reference, but for bins in which the mixture is silent: these stay so."""
        silent = (mixture == 0).all(-3, keepdim=True)
        return torch.where(silent, 0, reference)

    def loss(self, estimate: Tensor, reference: Tensor) -> Tensor:
        """Squared difference."""
        return (estimate - reference).square()
