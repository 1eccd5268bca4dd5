"""A network that learns to predict the next token of a tune."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from models.learner import Batch, Learner
from models.melody.next_note import NextNote


class MelodyLearner(Learner):
    """Cross-entropy per token, in nats; see models.learner."""

    def __init__(
        self, network: NextNote, optimizer: Callable[..., torch.optim.Optimizer] | None = None
    ):
        super().__init__(optimizer)
        self.network = network

    def summed_loss(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The cross-entropy summed over all tokens but the first of each piece, and their number.

        Shapes: "tokens" [batch, time], "length" [batch].
        """
        tokens, foretold = batch["tokens"], batch["length"] - 1
        logits, _ = self.network(tokens[:, :-1])
        per_token = cross_entropy(logits.transpose(1, 2).float(), tokens[:, 1:], reduction="none")
        number = torch.arange(per_token.shape[1], device=per_token.device)
        counts = batch.get("counts", torch.ones_like(foretold))
        counted = (number < foretold[:, None]) & (counts > 0)[:, None]
        return torch.where(counted, per_token, 0).sum(), counted.sum()
