"""The contract of every score in a report."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from metrics.facts import Facts
from metrics.guard import NotComputable, checked, checked_alone
from text.answers import SPEECH


class Recogniser(Protocol):
    """Makes texts of speech.

    made_of: plain values that decide them. sample_rate: its rate in Hz. folder: of the run that
    trained it; None: it is from outside.

    >>> sorted(Recogniser.__annotations__)
    ['folder', 'made_of', 'sample_rate']
    """

    made_of: Any
    sample_rate: int
    folder: Path | None

    def __call__(self, signal: np.ndarray, sample_rate: int) -> str:
        """The transcript of a signal [time] at its rate."""


class Metric(ABC):
    """A score of an estimate, against its reference where it needs one.

    A new metric implements `score` and states its `facts`, which tables, figures and the score
    cache use. It gives its `sample_rates` where it is not defined at every rate. Its file in this
    package, its file in conf/metric and its column have the same name.

    Callers call the metric, not `score`: the call first refuses signals that no metric can score.
    Options are arguments of the constructor, which raises ValueError for an unknown value. A metric
    is sent to other processes, so it must be picklable. Its module imports only numpy and scipy;
    other packages are imported in the function that needs them.

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

    # The rates in Hz at which the score is defined; None: all rates.
    sample_rates: tuple[int, ...] | None = None
    # Makes texts of answers that are speech; None: it compares no texts, or answers are texts.
    recognise: Recogniser | None = None

    def __call__(self, reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> float:
        """The score of `estimate` against `reference`, both [time], at `sample_rate` in Hz.

        A metric that does not compare speech takes other objects, see `Facts.compares`. The score
        may be infinite. Raises NotComputable at a rate outside of `sample_rates`, for signals that
        `metrics.guard.checked` refuses, and where `score` has no value.
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
        """The kind of answer that it takes: the compared kind, unless `prepared` converts it."""
        return self.facts.compares

    @property
    def made_of(self) -> Any:
        """Plain values that decide its scores, beside its options and its code; None: no others."""
        return None

    def open_recogniser(  # noqa: B027 - most metrics have none
        self, opened: Callable[[str | None, str | None], Recogniser]
    ) -> None:
        """Open the recogniser that its options name, if any; called before any audio is read.

        opened: gives the recogniser in the folder of a run, or an outside one by its name; raises
        ValueError or FileNotFoundError.
        """

    def prepared(self, answer: Any, sample_rate: int) -> Any:
        """The object to compare, made from an answer, where the metric takes another kind.

        Raises NotComputable.
        """
        return answer

    def portable(self) -> "Metric":
        """The metric for prepared answers, in a process that imports only this package."""
        return self

    def trial(self, sample_rate: int) -> tuple[Any, Any]:
        """A reference and an answer to test its options with: noise, and that in other noise."""
        generator = np.random.default_rng(0)
        reference, noise = generator.standard_normal((2, sample_rate)) * 0.1
        return reference, reference + noise

    @property
    @abstractmethod
    def facts(self) -> Facts:
        """The facts of the score: an attribute of the class, `facts = Facts(...)`."""

    @abstractmethod
    def score(self, reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> float:
        """The score of signals that can be scored.

        Both are contiguous float64 arrays [time] of equal length, at least 0.25 s long, finite and
        not silent; `reference` is None where `facts` say that none is needed. Raises NotComputable
        where they still have no such score; the message is the reason in the report.
        """
