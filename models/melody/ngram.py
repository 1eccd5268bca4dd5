"""The n-gram model that a network of tokens must beat: counts of tokens after the last few."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence


class NGram:
    """Tokens by the `order` - 1 before them, each order smoothed by the next lower one.

    Interpolated as Witten and Bell do (1991, method C): the more different tokens followed a
    context, the more is left to the shorter context; the shortest is left to all `tokens` alike.
    Raises ValueError for an order below 1.
    """

    def __init__(self, order: int, tokens: int):
        if order < 1:
            raise ValueError(f"order={order} of an n-gram: at least 1")
        self.order, self.tokens = order, tokens
        self.followed: dict[tuple, Counter] = defaultdict(Counter)

    def learn(self, tunes: Iterable[Sequence[int]]) -> "NGram":
        """Count the tokens of `tunes`, all but the first of each; returns itself."""
        for tune in tunes:
            tokens = [int(token) for token in tune]
            for place in range(1, len(tokens)):
                for context in self._contexts(tokens, place):
                    self.followed[context][tokens[place]] += 1
        return self

    def probability(self, tokens: Sequence[int], place: int, order: int | None = None) -> float:
        """The probability of tokens[place] after those before it; order: lower than its own."""
        chance = 1 / self.tokens
        for context in self._contexts(tokens, place)[:order]:
            seen = self.followed.get(context)
            if seen:
                kinds = len(seen)
                chance = (seen[tokens[place]] + kinds * chance) / (seen.total() + kinds)
        return chance

    def token_nats(self, tune: Sequence[int], order: int | None = None) -> list[float]:
        """The cross-entropy of every token of a tune but its first; order: a lower one."""
        tokens = [int(token) for token in tune]
        places = range(1, len(tokens))
        return [-math.log(self.probability(tokens, place, order)) for place in places]

    def nats(self, tune: Sequence[int], order: int | None = None) -> float:
        """`token_nats`, summed."""
        return sum(self.token_nats(tune, order))

    def _contexts(self, tokens: Sequence[int], place: int) -> list[tuple]:
        """The last 0, 1, ... tokens before a place, as far as there are so many."""
        longest = min(self.order - 1, place)
        return [tuple(tokens[place - length : place]) for length in range(longest + 1)]
