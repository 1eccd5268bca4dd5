"""A linear classifier of the mean features: the baseline of taggers."""

from torch import Tensor, nn

from models.tagging.network import TaggingNetwork, mean_over_frames


class LinearTagger(TaggingNetwork):
    """Multinomial logistic regression on the mean of each feature over the clip."""

    def __init__(self, features: int, classes: int):
        super().__init__()
        self.out = nn.Linear(features, classes)

    def forward(self, features: Tensor, frames: Tensor) -> Tensor:
        """See `TaggingNetwork.forward`."""
        return self.out(mean_over_frames(features, frames))

    def multiply_adds(self, frames: int) -> int:
        """See `TaggingNetwork.multiply_adds`."""
        return self.out.weight.numel()
