"""From chances of tokens at each step to one text: the best path, or the best prefixes."""

from collections.abc import Callable
from math import exp, inf, log1p
from typing import NamedTuple

import numpy as np

from models.recognition.ngram import END, Ngram
from text.alphabet import BLANK

UNLIKELY = -8.0  # a token of a smaller logarithm at a step does not lengthen a prefix there
Decoder = Callable[[np.ndarray], list[int]]  # [step, token] logarithms of chances -> tokens


def greedy(log_chances: np.ndarray) -> list[int]:
    """The likeliest token of each step; those in a row are one, BLANK is none."""
    tokens, last = [], BLANK
    for token in log_chances.argmax(-1).tolist():
        if token not in (last, BLANK):
            tokens.append(token)
        last = token
    return tokens


class Prefix(NamedTuple):
    """Logarithms of the chances of a prefix: of paths that end in BLANK, and in its last token.

    language: what the n-gram adds to them.
    """

    blank: float = -inf
    token: float = -inf
    language: float = 0.0

    @property
    def acoustic(self) -> float:
        """Of all paths."""
        return _added(self.blank, self.token)

    @property
    def score(self) -> float:
        """What prefixes are compared by."""
        return self.acoustic + self.language


class PrefixBeam:
    """The best of `width` prefixes (Hannun et al., 2014), by the network's chances and an n-gram's.

    A prefix scores log(chance) + weight * log(chance by the n-gram) + bonus * tokens.
    """

    def __init__(
        self, width: int, ngram: Ngram | None = None, weight: float = 0.5, bonus: float = 0.0
    ):
        self.width, self.ngram = width, ngram
        self.weight, self.bonus = (weight, bonus) if ngram else (0.0, 0.0)

    def __call__(self, log_chances: np.ndarray) -> list[int]:
        """[step, token] -> tokens."""
        prefixes = {(): Prefix(blank=0.0)}
        for step in log_chances:
            prefixes = self._advanced(prefixes, step)
        return list(max(prefixes, key=lambda prefix: self._ended(prefix, prefixes[prefix])))

    def _advanced(self, prefixes: dict[tuple, Prefix], step: np.ndarray) -> dict[tuple, Prefix]:
        """The best prefixes after one step more: [token]."""
        likely = [int(token) for token in np.flatnonzero(step > UNLIKELY) if token != BLANK]
        chances = step.tolist()
        grown: dict[tuple, Prefix] = {}
        for tokens, prefix in prefixes.items():
            last = tokens[-1] if tokens else BLANK
            self._add(grown, tokens, prefix.language, blank=prefix.acoustic + chances[BLANK])
            if tokens:
                self._add(grown, tokens, prefix.language, token=prefix.token + chances[last])
            for token in likely:
                # The same token once more is another one only behind a BLANK.
                paths = prefix.blank if token == last else prefix.acoustic
                language = prefix.language + self._of_language(token, tokens)
                self._add(grown, (*tokens, token), language, token=paths + chances[token])
        best = sorted(grown.items(), key=lambda item: item[1].score, reverse=True)
        return dict(best[: self.width])

    @staticmethod
    def _add(
        grown: dict[tuple, Prefix],
        tokens: tuple,
        language: float,
        blank: float = -inf,
        token: float = -inf,
    ) -> None:
        there = grown.get(tokens, Prefix())
        grown[tokens] = Prefix(_added(there.blank, blank), _added(there.token, token), language)

    def _of_language(self, token: int, before: tuple) -> float:
        if self.ngram is None:
            return 0.0
        return self.weight * self.ngram.log_chance(token, before) + self.bonus

    def _ended(self, tokens: tuple, prefix: Prefix) -> float:
        """The score of a prefix as a whole text."""
        if self.ngram is None:
            return prefix.score
        return prefix.score + self.weight * self.ngram.log_chance(END, tokens)


def _added(one: float, other: float) -> float:
    """The logarithm of the sum of two chances, by their logarithms."""
    if one < other:
        one, other = other, one
    return one if other == -inf else one + log1p(exp(other - one))
