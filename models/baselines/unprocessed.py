"""The unprocessed mixture, the base of every comparison."""

from torch import Tensor

from models.system import Enhancing


class Unprocessed(Enhancing):
    """Answers with the mixture."""

    def enhance(self, mixture: Tensor) -> Tensor:
        """The same samples: [batch, time] -> [batch, time]."""
        return mixture
