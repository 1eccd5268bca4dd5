"""A tagger that learns."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from models.learner import Batch, Learner
from models.recognition.features import Features
from models.tagging.network import TaggingNetwork
from models.tagging.tagger import Tagger


class TaggingLearner(Tagger, Learner):
    """A tagger with cross-entropy and optimiser; its weights are a Tagger's."""

    def __init__(
        self,
        features: Features,
        network: TaggingNetwork,
        optimizer: Callable[..., torch.optim.Optimizer] | None = None,
    ):
        super().__init__(features, network)
        self.optimizer = optimizer

    def summed_loss(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The cross-entropy of all clips, in nats, and their number.

        "mixture" [batch, time] with "length"; "label" [batch], the class numbers of the clips.
        """
        scores = self.scores(batch["mixture"], batch["length"])
        per_clip = cross_entropy(scores.float(), batch["label"], reduction="none")
        counts = batch.get("counts", torch.ones_like(batch["label"]))
        return (per_clip * counts).sum(), counts.sum()
