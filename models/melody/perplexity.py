"""The cross-entropy of a tune under a network."""

from collections.abc import Sequence

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from models.melody.next_note import NextNote


@torch.no_grad()
def token_nats(network: NextNote, tune: Sequence[int]) -> np.ndarray:
    """The cross-entropy in nats of every token of a whole tune but the first: [token - 1].

    The exponential of its mean over tokens is the perplexity.
    """
    device = next(network.parameters()).device
    tokens = torch.as_tensor(tune, dtype=torch.long, device=device)[None]
    logits, _ = network(tokens[:, :-1])
    return cross_entropy(logits[0].double(), tokens[0, 1:], reduction="none").cpu().numpy()


def nats(network: NextNote, tune: Sequence[int]) -> float:
    """The sum of `token_nats`."""
    return float(token_nats(network, tune).sum())
