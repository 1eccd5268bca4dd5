"""The perplexity of a network on a tune."""

from collections.abc import Sequence

import torch
from torch.nn.functional import cross_entropy

from models.melody.next_note import NextNote


@torch.no_grad()
def nats(network: NextNote, tune: Sequence[int]) -> float:
    """Cross-entropy of the tokens of a whole tune, summed over all but the first.

    The exponential of its mean over tokens is the perplexity.
    """
    device = next(network.parameters()).device
    tokens = torch.as_tensor(tune, device=device)[None]
    logits, _ = network(tokens[:, :-1])
    return float(cross_entropy(logits[0].double(), tokens[0, 1:], reduction="sum"))
