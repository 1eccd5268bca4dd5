"""Scores of separated talkers: the assignment of estimates to talkers, and the mean over them."""

from abc import abstractmethod
from itertools import permutations
from typing import Any

import numpy as np

from metrics.facts import Facts
from metrics.guard import NotComputable
from metrics.metric import Metric
from text.answers import TALKERS

CEILING_DB = 100.0  # of one talker: a perfect or silent estimate must not decide the order alone


class OfTalkers(Metric):
    """The mean over talkers of another metric, in the order of `best_order`.

    So all scores of a mixture use the same assignment of estimates to talkers. A class gives
    `single`, the other metric, and its facts.

    >>> from metrics.si_sdr import SISDR
    >>> class Level(OfTalkers):
    ...     facts, single = of_talkers(SISDR.facts), SISDR()
    >>> talkers = np.random.default_rng(0).standard_normal((2, 8000))
    >>> Level()(talkers, talkers[::-1], 8000)
    inf
    """

    @property
    @abstractmethod
    def single(self) -> Metric:
        """The metric of a single talker."""

    def trial(self, sample_rate: int) -> tuple[Any, Any]:
        """See `Metric.trial`: two talkers of noise."""
        generator = np.random.default_rng(0)
        talkers, noise = generator.standard_normal((2, 2, sample_rate)) * 0.1
        return talkers, talkers + noise

    def score(self, reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> float:
        """See the class: [talker, time] each; raises NotComputable for unequal shapes."""
        order = best_order(reference, estimate)
        pairs = zip(reference, estimate[order], strict=True)
        return float(np.mean([self.single(talker, other, sample_rate) for talker, other in pairs]))


def of_talkers(single: Facts) -> Facts:
    """The facts of the mean over talkers of a metric with the facts `single`.

    >>> of_talkers(Facts("SDR", "a ratio", unit="dB")).label
    "talkers' SDR"
    """
    definition = f"mean over talkers, by the order of the best mean SI-SDR, of: {single.definition}"
    return single._replace(
        label=f"talkers' {single.label}", definition=definition, compares=TALKERS, noticeable=None
    )


def best_order(reference: np.ndarray, estimate: np.ndarray) -> list[int]:
    """The estimate of each talker in the order with the highest mean SI-SDR: [talker].

    Of several such orders it is the first. Shapes of the arguments: [talker, time] each. Raises
    NotComputable for unequal shapes.

    >>> talkers = np.random.default_rng(0).standard_normal((2, 800))
    >>> best_order(talkers, talkers[::-1] + 0.1)
    [1, 0]
    """
    if reference.shape != estimate.shape:
        raise NotComputable(f"{_said(estimate)} in the answer, {_said(reference)} in the mixture")
    agreement_db = np.array([[_si_sdr_db(one, other) for other in estimate] for one in reference])
    talkers = range(len(reference))
    orders = [list(order) for order in permutations(talkers)]
    means = [np.mean([agreement_db[one, order[one]] for one in talkers]) for order in orders]
    return orders[int(np.argmax(np.round(means, 9)))]


def _said(talkers: np.ndarray) -> str:
    return f"{len(talkers)} talkers of {talkers.shape[-1]} samples"


def _si_sdr_db(reference: np.ndarray, estimate: np.ndarray) -> float:
    """SI-SDR in dB within +-CEILING_DB; a silent signal and NaN give the lowest value."""
    energy = (reference @ reference) * (estimate @ estimate)
    if not np.isfinite(energy) or energy == 0:
        return -CEILING_DB
    share = (reference @ estimate) ** 2 / energy
    ends = 10 ** (np.array([-CEILING_DB, CEILING_DB]) / 10)
    return float(10 * np.log10(np.clip(share / max(1 - share, 1e-300), *ends)))
