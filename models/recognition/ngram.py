"""The character n-gram of training transcripts, which decodes together with a network."""

from collections.abc import Iterable, Sequence
from math import log

from models.witten_bell import WittenBell

END = 0  # the token of the end of a transcript; no character has it


class CharacterNGram:
    """Log-probabilities of tokens after up to `order` - 1 others, see `WittenBell`.

    tokens: the number of different tokens, END included.
    """

    def __init__(self, transcripts: Iterable[Sequence[int]], order: int, tokens: int):
        self.order = order
        self._counts = WittenBell(order, tokens)
        for transcript in transcripts:
            self._counts.count([*transcript, END])
        self._known: dict[tuple, float] = {}

    def log_probability(self, token: int, before: Sequence[int]) -> float:
        """The logarithm of the probability of `token` after the tokens `before`."""
        context = tuple(before[-(self.order - 1) :]) if self.order > 1 else ()
        key = (*context, token)
        if key not in self._known:
            self._known[key] = log(self._counts.probability(key, len(context)))
        return self._known[key]
