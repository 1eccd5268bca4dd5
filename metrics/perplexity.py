"""Perplexity of a tune under a model: the effective number of choices per token."""

import numpy as np

from metrics.facts import Facts
from metrics.guard import NotComputable
from metrics.metric import Metric
from text.answers import NOTES


class Perplexity(Metric):
    """The exponential of the mean cross-entropy of a tune's tokens, without its first.

    The reference is the tokens [token], the estimate their cross-entropies in nats [token - 1].

    >>> tune = np.array([0, 7, 7, 0])
    >>> round(Perplexity()(tune, np.full(3, np.log(5)), 16000), 6)
    5.0
    """

    facts = Facts(
        "perplexity", "exponential of the mean cross-entropy of a tune's tokens, two a note; the "
        "mean of tunes", lowest=1, higher_is_better=False, compares=NOTES, packages=("numpy",),
        place=1, ranks=True,
    )  # fmt: skip

    def score(self, reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> float:
        """See the class. Raises NotComputable for another number of tokens."""
        if len(estimate) != len(reference) - 1:
            raise NotComputable(
                f"{len(estimate)} tokens are foretold, the tune has {len(reference) - 1} after the "
                "first"
            )
        return float(np.exp(np.mean(estimate)))

    def trial(self, sample_rate: int) -> tuple[np.ndarray, np.ndarray]:
        """A tune of two tokens, and its cross-entropy."""
        return np.zeros(3), np.ones(2)
