"""Decodes the probabilities of tokens at each step: by the best path, or by prefix beam search."""

from collections.abc import Callable
from math import exp, inf, log1p
from typing import NamedTuple

import numpy as np

from models.recognition.ngram import END, CharacterNGram
from text.alphabet import BLANK

UNLIKELY = -8.0  # tokens of a smaller log-probability at a step do not extend a prefix there
Decoder = Callable[[np.ndarray], list[int]]  # log-probabilities [step, token] -> tokens


def greedy(log_probabilities: np.ndarray) -> list[int]:
    """The likeliest token of each step, without repetitions and BLANK: [step, token] -> tokens."""
    tokens, last = [], BLANK
    for token in log_probabilities.argmax(-1).tolist():
        if token not in (last, BLANK):
            tokens.append(token)
        last = token
    return tokens


class Prefix(NamedTuple):
    """The log-probabilities of a prefix.

    blank: of its paths that end in BLANK. token: of its paths that end in its last token. language:
    the term of the n-gram.
    """

    blank: float = -inf
    token: float = -inf
    language: float = 0.0

    @property
    def acoustic(self) -> float:
        """The log-probability of all paths of the prefix."""
        return _added(self.blank, self.token)

    @property
    def score(self) -> float:
        """The score by which prefixes are compared."""
        return self.acoustic + self.language


class PrefixBeam:
    """CTC prefix beam search with an n-gram (Hannun et al., 2014); width: of the beam.

    The score of a prefix is log p(prefix by the network) + weight * log p(prefix by the n-gram) +
    bonus * number of tokens.
    """

    def __init__(
        self,
        width: int,
        ngram: CharacterNGram | None = None,
        weight: float = 0.5,
        bonus: float = 0.0,
    ):
        self.width, self.ngram = width, ngram
        self.weight, self.bonus = (weight, bonus) if ngram else (0.0, 0.0)

    def __call__(self, log_probabilities: np.ndarray) -> list[int]:
        """Decode a signal: log-probabilities [step, token] -> tokens."""
        prefixes = {(): Prefix(blank=0.0)}
        for step in log_probabilities:
            prefixes = self._advanced(prefixes, step)
        return list(max(prefixes, key=lambda prefix: self._ended(prefix, prefixes[prefix])))

    def _advanced(self, prefixes: dict[tuple, Prefix], step: np.ndarray) -> dict[tuple, Prefix]:
        """The best prefixes after a further step; step: its log-probabilities [token]."""
        likely = [int(token) for token in np.flatnonzero(step > UNLIKELY) if token != BLANK]
        of_token = step.tolist()
        grown: dict[tuple, Prefix] = {}
        for tokens, prefix in prefixes.items():
            last = tokens[-1] if tokens else BLANK
            self._add(grown, tokens, prefix.language, blank=prefix.acoustic + of_token[BLANK])
            if tokens:
                self._add(grown, tokens, prefix.language, token=prefix.token + of_token[last])
            for token in likely:
                # A repeated token extends the prefix only after a BLANK.
                paths = prefix.blank if token == last else prefix.acoustic
                language = prefix.language + self._of_language(token, tokens)
                self._add(grown, (*tokens, token), language, token=paths + of_token[token])
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
        return self.weight * self.ngram.log_probability(token, before) + self.bonus

    def _ended(self, tokens: tuple, prefix: Prefix) -> float:
        """The score of a prefix as a complete text."""
        if self.ngram is None:
            return prefix.score
        return prefix.score + self.weight * self.ngram.log_probability(END, tokens)


def _added(one: float, other: float) -> float:
    """The logarithm of the sum of two probabilities, from their logarithms."""
    if one < other:
        one, other = other, one
    return one if other == -inf else one + log1p(exp(other - one))
