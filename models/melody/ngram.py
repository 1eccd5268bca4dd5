"""The n-gram model of tunes, the baseline of networks that predict the next token."""

import math
from collections.abc import Iterable, Sequence

from models.witten_bell import WittenBell


class NGram(WittenBell):
    """Predicts each token of a tune but the first from the `order` - 1 tokens before it."""

    def learn(self, tunes: Iterable[Sequence[int]]) -> "NGram":
        """Count the tokens of `tunes`, all but the first of each; returns itself."""
        for tune in tunes:
            self.count([int(token) for token in tune], begin=1)
        return self

    def token_nats(self, tune: Sequence[int], order: int | None = None) -> list[float]:
        """The cross-entropy in nats of every token of a tune but the first.

        order: a lower order than the model's; None: the model's.
        """
        tokens = [int(token) for token in tune]
        places = range(1, len(tokens))
        return [-math.log(self.probability(tokens, place, order)) for place in places]

    def nats(self, tune: Sequence[int], order: int | None = None) -> float:
        """The sum of `token_nats`."""
        return sum(self.token_nats(tune, order))
