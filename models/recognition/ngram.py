"""How likely a character is after those before it, by counts of training transcripts."""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import log

END = 0  # of a transcript: the token that no character has


class Ngram:
    """Chances of tokens after up to `order` - 1 others, interpolated as Witten and Bell, 1991.

    tokens: how many there are, with END. Of what no transcript has, all are as likely.
    """

    def __init__(self, transcripts: Iterable[Sequence[int]], order: int, tokens: int):
        self.order, self.tokens = order, tokens
        self._after: dict[tuple, Counter] = {}
        for transcript in transcripts:
            self._count([*transcript, END])
        self._known: dict[tuple, float] = {}

    def _count(self, transcript: list[int]) -> None:
        for place, token in enumerate(transcript):
            for length in range(min(place, self.order - 1) + 1):
                before = tuple(transcript[place - length : place])
                self._after.setdefault(before, Counter())[token] += 1

    def log_chance(self, token: int, before: Sequence[int]) -> float:
        """The logarithm of the chance of `token` after `before`."""
        context = tuple(before[-(self.order - 1) :]) if self.order > 1 else ()
        key = (*context, token)
        if key not in self._known:
            self._known[key] = log(self._chance(token, context))
        return self._known[key]

    def _chance(self, token: int, before: tuple) -> float:
        shorter = self._chance(token, before[1:]) if before else 1 / self.tokens
        counts = self._after.get(before)
        if counts is None:
            return shorter
        kinds = len(counts)
        return (counts[token] + kinds * shorter) / (counts.total() + kinds)
