"""A network goes on with a tune."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch

from models.melody.next_note import NextNote

Grammar = Callable[[int], np.ndarray]  # which tokens may follow one: bool [token]


@torch.no_grad()
def continued(
    network: NextNote,
    begun: Sequence[int],
    may_follow: Grammar,
    rng: np.random.Generator,
    temperature: float,
) -> Iterator[int]:
    """Token after token, without end, as `network` goes on after the tokens `begun`.

    temperature: what its log-probabilities are divided by before a token is drawn; below 1 the
    likely ones become likelier, and at 0 the likeliest is taken. Only what `may_follow` allows is.
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
    chances = np.exp((scores - scores[best]) / temperature)
    return int(rng.choice(len(chances), p=chances / chances.sum()))
