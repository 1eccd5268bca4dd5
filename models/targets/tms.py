"""Target magnitude spectrum (Li et al., PL-CRNN, section 3.1)."""

from torch import Tensor
from torch.nn.functional import softplus

from models.targets.target import MagnitudeTarget


class TMS(MagnitudeTarget):
    """The output through softplus is the magnitude itself."""

    def estimate(self, output: Tensor, mixture: Tensor) -> Tensor:
        """softplus(output); the mixture plays no part."""
        return softplus(output)

    def ideal(self, reference: Tensor, mixture: Tensor) -> Tensor:
        """Any magnitude can be expressed: the reference."""
        return reference
