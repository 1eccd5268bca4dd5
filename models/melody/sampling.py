"""Samples the continuation of a tune from a network."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch

from models.melody.next_note import NextNote

Grammar = Callable[[int], np.ndarray]  # the tokens that may follow a token: bool [token]


@torch.no_grad()
def continued(
    network: NextNote,
    begun: Sequence[int],
    may_follow: Grammar,
    rng: np.random.Generator,
    temperature: float,
) -> Iterator[int]:
    """An endless continuation of the tokens `begun`, drawn from `network`, token by token.

    temperature: log-probabilities are divided by it before a token is drawn. Below 1 it makes
    likely tokens likelier; at 0 the likeliest token is taken. Only tokens that `may_follow` allows
    are drawn.
    """
    device = next(network.parameters()).device
    state, read = None, [int(token) for token in begun]
    while True:
        logits, state = network(torch.tensor([read], device=device), state)
        allowed = may_follow(read[-1])
        scores = np.where(allowed, logits[0, -1].double().cpu().numpy(), -np.inf)
        read = [_drawn(scores, rng, temperature)]
        yield read[0]


def _drawn(scores: np.ndarray, rng: np.random.Generator, temperature: float) -> int:
    best = int(scores.argmax())
    if temperature == 0:
        return best
    weights = np.exp((scores - scores[best]) / temperature)
    return int(rng.choice(len(weights), p=weights / weights.sum()))
