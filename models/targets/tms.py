"""Target magnitude spectrum (Li et al., PL-CRNN, section 3.1)."""

from torch import Tensor
from torch.nn.functional import softplus

from models.system_names import MAGNITUDE, ORACLE
from models.targets.target import MagnitudeTarget


class TMS(MagnitudeTarget):
    """The output through softplus is the magnitude itself."""

    @property
    def ideal_name(self) -> str:
        """See `Target.ideal_name`; it depends on the reference."""
        return ORACLE if self.phase_sensitive else MAGNITUDE

    def estimate(self, output: Tensor, mixture: Tensor) -> Tensor:
        """softplus(output); it does not depend on the mixture."""
        return softplus(output)

    def ideal(self, reference: Tensor, mixture: Tensor) -> Tensor:
        """The reference: the target can express any magnitude."""
        return reference
