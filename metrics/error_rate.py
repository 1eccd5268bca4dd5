"""Error rates of texts: of a recogniser's transcripts, or of a system's answers."""

from abc import abstractmethod
from collections.abc import Callable
from copy import copy
from typing import Any

import numpy as np

from metrics.facts import Facts
from metrics.guard import NotComputable, checked_alone
from metrics.metric import Metric, Recogniser
from options.extras import install
from text.answers import SPEECH, TEXT
from text.spelling import plain


def of_texts(label: str, units: str, place: int) -> Facts:
    """The facts of an error rate; units: the counted units. place: see `Facts`.

    >>> of_texts("CER", "characters", 4).head
    'CER %'
    """
    return Facts(
        label,
        f"{units} wrong, missing or too many, by those said (edit distance, as jiwer counts it)",
        unit="%",
        factor=100.0,
        digits=1,
        lowest=0.0,
        higher_is_better=False,
        compares=TEXT,
        packages=("jiwer", "rapidfuzz"),
        place=place,
    )


class ErrorRate(Metric):
    """Compares a reference transcript with a recognised one, both spelled by `text.spelling.plain`.

    run: the folder of a recogniser's run. by: the name of an outside recogniser, "pocketsphinx".
    An evaluation opens the recogniser, see `Metric.open_recogniser`. Without run and by, the metric
    compares answers that are texts. Raises ValueError where both are given.

    >>> from metrics.facts import Facts
    >>> class Missed(ErrorRate):
    ...     facts = Facts("missed", compares=TEXT)
    ...
    ...     def rate(self, reference, transcript):
    ...         return float(transcript != reference)
    >>> Missed()("To be, or not?", "TO BE OR NOT", 16000), Missed()("to be", "to bee", 16000)
    (0.0, 1.0)
    """

    def __init__(self, run: str | None = None, by: str | None = None):
        if run is not None and by is not None:
            raise ValueError(f"run={run!r} and by={by!r}: two recognisers; leave one out")
        self.run, self.by = run, by
        self._made_of: Any = None

    def open_recogniser(self, opened: Callable[[str | None, str | None], Recogniser]) -> None:
        """See `Metric.open_recogniser`."""
        if self.takes == SPEECH:
            self.recognise = opened(self.run, self.by)
            self._made_of = self.recognise.made_of
            self.sample_rates = (self.recognise.sample_rate,)

    @property
    def made_of(self) -> Any:
        """The identity of its recogniser."""
        return self._made_of

    @property
    def takes(self) -> str:
        """Speech with a recogniser, otherwise text."""
        return SPEECH if self.run or self.by else TEXT

    def trial(self, sample_rate: int) -> tuple[Any, Any]:
        """A word, and noise for the recogniser or the same word."""
        if self.takes == TEXT:
            return "word", "word"
        return "word", super().trial(sample_rate)[0]

    def score(self, reference: str, estimate: np.ndarray | str, sample_rate: int) -> float:
        """Errors over the length of the reference; insertions may bring it above 1."""
        said = plain(reference)
        if not said:
            raise NotComputable("nothing is said in its transcript")
        return float(self.rate(said, plain(self.prepared(estimate, sample_rate))))

    def prepared(self, answer: np.ndarray | str, sample_rate: int) -> str:
        """The transcript of an answer that is speech."""
        if isinstance(answer, str):
            return answer
        return self.recognise(checked_alone(answer, sample_rate), sample_rate)

    def portable(self) -> "ErrorRate":
        """The metric without its recogniser, for answers that are transcribed already."""
        without = copy(self)
        without.recognise = None
        return without

    @abstractmethod
    def rate(self, reference: str, transcript: str) -> float:
        """Errors in `transcript` over the length of `reference`, which is not empty."""


def jiwer() -> Any:
    """The package jiwer; raises ValueError where it is not installed.

    >>> jiwer().wer("so near", "so far")
    0.5
    """
    try:
        import jiwer as package
    except ImportError as error:
        raise ValueError(f"error rates need the package jiwer: {install('recognition')}") from error
    return package
