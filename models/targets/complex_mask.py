"""Complex ratio mask (Williamson et al., 2016), which also enhances the phase."""

import torch
from torch import Tensor

from dsp.compression import compressed_components
from models.system_names import COMPLEX_MASK
from models.targets.target import Target, require_power


class ComplexMask(Target):
    """The output is a complex factor of each bin; a network sees real and imaginary parts.

    The loss is the squared difference of both parts, with magnitudes raised to `power`: 1 as in
    "Complex ratio masking for monaural speech separation"; below 1 quiet bins weigh more. Raises
    ValueError for a power outside (0, 1].
    """

    component_count = 2
    linear = True

    @property
    def ideal_name(self) -> str:
        """See `Target.ideal_name`."""
        return COMPLEX_MASK

    def __init__(self, power: float = 1.0):
        require_power(power)
        self.power = power

    def components(self, spectrum: Tensor) -> Tensor:
        """Real and imaginary part; see `Target.components`."""
        return torch.stack((spectrum.real, spectrum.imag), -3)

    def spectrum(self, estimate: Tensor, mixture: Tensor) -> Tensor:
        """The estimate as a complex spectrum with its own phase; see `Target.spectrum`."""
        real, imaginary = estimate.unbind(-3)
        return torch.complex(real, imaginary)

    def estimate(self, output: Tensor, mixture: Tensor) -> Tensor:
        """output * mixture, as complex numbers."""
        real, imaginary = output.unbind(-3)
        mixture_real, mixture_imaginary = mixture.unbind(-3)
        product = (
            real * mixture_real - imaginary * mixture_imaginary,
            real * mixture_imaginary + imaginary * mixture_real,
        )
        return torch.stack(product, -3)

    def ideal(self, reference: Tensor, mixture: Tensor) -> Tensor:
        """The reference, with zeros in the bins in which the mixture is silent."""
        silent = (mixture == 0).all(-3, keepdim=True)
        return torch.where(silent, 0, reference)

    def loss(self, estimate: Tensor, reference: Tensor) -> Tensor:
        """Squared difference of the compressed parts."""
        estimate = compressed_components(estimate, self.power)
        reference = compressed_components(reference, self.power)
        return (estimate - reference).square()
