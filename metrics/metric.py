"""The contract of every score in a report."""

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from metrics.facts import SPEECH, Facts
from metrics.guard import NotComputable, checked, checked_alone


class Metric(ABC):
    """A score of an estimate, against its reference where it needs one.

    A new metric writes `score`, states its `facts`, from which tables, figures and the memory of
    scores have all that they must know of it, and gives its `sample_rates` where it is not defined
    at every rate. Its file in this package and its file in conf/metric have one name, which is
    that of its column.
    Whoever scores calls the metric: signals that no metric can score are refused before `score`
    sees them. Options are arguments of the constructor, which raises ValueError for a value that it
    does not know. A metric travels to other processes: it must be picklable, and import numpy and
    scipy alone, other packages in the function that needs them.

    >>> class Correlation(Metric):
    ...     facts = Facts("correlation", "Pearson's", lowest=-1, highest=1)
    ...
    ...     def score(self, reference, estimate, sample_rate):
    ...         return float(np.corrcoef(reference, estimate)[0, 1])
    >>> tone = np.sin(2 * np.pi * 440 * np.arange(8000) / 8000)
    >>> round(Correlation()(tone, 0.5 * tone, 8000), 6)
    1.0
    >>> Correlation()(tone, 0 * tone, 8000)
    Traceback (most recent call last):
    metrics.guard.NotComputable: estimate is silent
    """

    # In Hz, at which the score is defined; None: at all.
    sample_rates: tuple[int, ...] | None = None

    def __call__(self, reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> float:
        """The score of `estimate` against `reference`, both [time], at `sample_rate` in Hz.

        Those that compare something else than speech take that. It may be infinite. Raises
        NotComputable at another rate than `sample_rates`, for signals that `metrics.guard.checked`
        refuses, and where `score` finds no value.
        """
        if self.sample_rates and sample_rate not in self.sample_rates:
            rates = " or ".join(map(str, self.sample_rates))
            raise NotComputable(f"needs {rates} Hz, got {sample_rate} Hz")
        if not self.facts.needs_reference:
            return self.score(None, checked_alone(estimate, sample_rate), sample_rate)
        if self.facts.compares == SPEECH:
            reference, estimate = checked(reference, estimate, sample_rate)
        return self.score(reference, estimate, sample_rate)

    @property
    def takes(self) -> str:
        """The kind of answer that it takes: what it compares, unless it makes that of another."""
        return self.facts.compares

    @property
    def made_of(self) -> Any:
        """Plain values that decide its scores beside its options and its code; None: nothing."""
        return None

    def prepared(self, answer: Any, sample_rate: int) -> Any:
        """What it compares of an answer, where it takes another kind than it compares.

        Raises NotComputable.
        """
        return answer

    def travelling(self) -> "Metric":
        """What scores an answer that is prepared, in a process that knows this package alone."""
        return self

    def trial(self, sample_rate: int) -> tuple[Any, Any]:
        """A reference and an answer to try its options on: noise, and the same in other noise."""
        generator = np.random.default_rng(0)
        reference, noise = generator.standard_normal((2, sample_rate)) * 0.1
        return reference, reference + noise

    @property
    @abstractmethod
    def facts(self) -> Facts:
        """What is known of the score: an attribute of the class, `facts = Facts(...)`."""

    @abstractmethod
    def score(self, reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> float:
        """The score of signals that can be scored.

        Both are contiguous float64 arrays [time] of equal length, at least 0.25 s long, finite and
        not silent; `reference` is None where `facts` say that none is needed. Raises NotComputable
        where they have no such score all the same; the message is the reason in the report.
        """
