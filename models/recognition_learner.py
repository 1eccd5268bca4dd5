"""A recogniser that learns: connectionist temporal classification over characters."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import ctc_loss

from models.learner import Batch, Learner
from models.recognition.features import Features
from models.recognition.network import RecognitionNetwork
from models.recognition.recogniser import Recogniser


class RecognitionLearner(Recogniser, Learner):
    """A recogniser with CTC (Graves et al., 2006) and optimiser; its weights are a Recogniser's."""

    def __init__(
        self,
        features: Features,
        network: RecognitionNetwork,
        optimizer: Callable[..., torch.optim.Optimizer] | None = None,
    ):
        super().__init__(features, network)
        self.optimizer = optimizer

    def summed_loss(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The negative log-likelihood of all transcripts, in nats, and their number of characters.

        "mixture" [batch, time] with "length"; "tokens" [batch, character] with "characters". A
        transcript has no more characters than there are steps (see datagen.transcribed).
        """
        log_probabilities, steps = self.log_probabilities(batch["mixture"], batch["length"])
        per_signal = ctc_loss(
            log_probabilities.transpose(0, 1).float(),
            batch["tokens"],
            steps,
            batch["characters"],
            reduction="none",
        )
        counts = batch.get("counts", torch.ones_like(steps))
        return (per_signal * counts).sum(), (batch["characters"] * counts).sum()
