"""Counts of n-grams, and the probabilities of tokens that follow from them."""

from collections import Counter, defaultdict
from collections.abc import Sequence


class WittenBell:
    """Probabilities of tokens after up to `order` - 1 other tokens.

    Each context is interpolated with the next shorter one (Witten and Bell, 1991, method C): the
    more different tokens have followed a context, the larger the weight of the shorter context. The
    shortest context is interpolated with the uniform distribution over `tokens`, the number of
    different tokens. Raises ValueError for an order below 1.
    """

    def __init__(self, order: int, tokens: int):
        if order < 1:
            raise ValueError(f"order={order} of an n-gram: at least 1")
        self.order, self.tokens = order, tokens
        self.followers: dict[tuple, Counter] = defaultdict(Counter)

    def count(self, tokens: Sequence[int], begin: int = 0) -> None:
        """Count the tokens of a sequence from place `begin` on, after all their contexts."""
        for place in range(begin, len(tokens)):
            for context in self._contexts(tokens, place):
                self.followers[context][tokens[place]] += 1

    def probability(self, tokens: Sequence[int], place: int, order: int | None = None) -> float:
        """The probability of tokens[place] after the tokens before it.

        order: a lower order than the model's; None: the model's.
        """
        probability = 1 / self.tokens
        for context in self._contexts(tokens, place)[:order]:
            counts = self.followers.get(context)
            if counts:
                kinds = len(counts)
                seen = counts[tokens[place]]
                probability = (seen + kinds * probability) / (counts.total() + kinds)
        return probability

    def _contexts(self, tokens: Sequence[int], place: int) -> list[tuple]:
        """The last 0, 1, ... tokens before `place`, up to `order` - 1 of them."""
        longest = min(self.order - 1, place)
        return [tuple(tokens[place - length : place]) for length in range(longest + 1)]
