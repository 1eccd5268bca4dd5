"""The mixture as it is: what every other system has to improve on."""

from torch import Tensor

from models.system import Enhancing


class Unprocessed(Enhancing):
    """Gives the mixture back."""

    def enhance(self, mixture: Tensor) -> Tensor:
        """The same samples: [batch, time] -> [batch, time]."""
        return mixture
