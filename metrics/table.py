"""All scores of a pair of signals, with the reasons for missing scores."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from metrics.guard import NotComputable
from metrics.metric import Metric
from text.line import in_one_line

INFINITE = {
    math.inf: "infinite, estimate equals reference",
    -math.inf: "minus infinite, estimate holds nothing of the reference",
}


def scores(
    reference: np.ndarray, estimate: np.ndarray, sample_rate: int, metrics: Mapping[str, Metric]
) -> dict[str, tuple[float, str]]:
    """Every score of `estimate` [time] by name: its value and "", or NaN and the reason.

    An unexpected error of a metric is a reason too, with its type: a bad file must not end an
    evaluation.

    >>> from metrics.si_sdr import SISDR
    >>> scores(np.ones(4000), np.zeros(4000), 16000, {"si_sdr": SISDR()})
    {'si_sdr': (nan, 'estimate is silent')}
    """
    return {
        name: _score(metric, reference, estimate, sample_rate) for name, metric in metrics.items()
    }


def scores_of(
    pairs: Sequence[tuple[int, np.ndarray, np.ndarray, Mapping[str, Metric]]], sample_rate: int
) -> list[tuple[int, dict[str, tuple[float, str]]]]:
    """The number and the `scores` of each (number, reference, estimate, metrics).

    This function stands here so that a scoring process imports only the metrics.

    >>> scores_of([(7, np.ones(4000), np.zeros(4000), {})], 16000)
    [(7, {})]
    """
    scored = []
    for number, reference, estimate, metrics in pairs:
        scored.append((number, scores(reference, estimate, sample_rate, metrics)))
    return scored


def reasons(scored: Mapping[str, tuple[float, str]]) -> str:
    """The reasons for missing scores: "name: reason; name, name: reason"; "" without any.

    >>> short = (math.nan, "too short")
    >>> reasons({"sdr": (9.0, ""), "stoi": short, "estoi": short})
    'stoi, estoi: too short'
    """
    names_of = {}
    for name, (_, reason) in scored.items():
        if reason:
            names_of.setdefault(reason, []).append(name)
    clauses = []
    for reason, names in names_of.items():
        clauses.append(f"{', '.join(names)}: {reason}")
    return "; ".join(clauses)


def _score(
    metric: Metric, reference: np.ndarray, estimate: np.ndarray, sample_rate: int
) -> tuple[float, str]:
    try:
        value = float(metric(reference, estimate, sample_rate))
    except NotComputable as error:
        return math.nan, _clause(error)
    except Exception as error:
        return math.nan, _clause(f"{type(error).__name__}: {error}")
    if math.isfinite(value):
        return value, ""
    return math.nan, INFINITE.get(value, "the metric gave NaN")


def _clause(said: object) -> str:
    """A part of `reasons`, which separates its clauses by semicolons."""
    return in_one_line(said).replace(";", ",")
