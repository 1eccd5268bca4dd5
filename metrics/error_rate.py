"""Error rates of texts: of what a recogniser hears, or of what a system answers with."""

from abc import abstractmethod
from collections.abc import Callable
from copy import copy
from typing import Any

import numpy as np

from metrics.facts import SPEECH, TEXT, Facts
from metrics.guard import NotComputable, checked_alone
from metrics.metric import Metric
from text.spelling import plain

# From a signal [time] at a rate in Hz to what is said in it.
Hears = Callable[[np.ndarray, int], str]
REMEDY = "pip install -e '.[recognition]'"


def of_texts(label: str, units: str, place: int) -> Facts:
    """The facts of an error rate; units: what it counts, place: see `Facts`.

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
    """Compares a transcript with what is heard: both as `text.spelling.plain` spells them.

    run: folder of a recogniser that hears speech; by: the name of an outside one, "pocketsphinx".
    Whoever evaluates opens it and gives it to `listen`. With neither it compares answers that are
    texts. Raises ValueError for both.

    >>> from metrics.facts import Facts
    >>> class Missed(ErrorRate):
    ...     facts = Facts("missed", compares=TEXT)
    ...
    ...     def rate(self, said, heard):
    ...         return float(heard != said)
    >>> Missed()("To be, or not?", "TO BE OR NOT", 16000), Missed()("to be", "to bee", 16000)
    (0.0, 1.0)
    """

    def __init__(self, run: str | None = None, by: str | None = None):
        if run is not None and by is not None:
            raise ValueError(f"run={run!r} and by={by!r}: two recognisers; leave one out")
        self.run, self.by = run, by
        self.hears: Hears | None = None
        self._made_of: Any = None

    def listen(self, hears: Hears, made_of: Any, sample_rate: int | None) -> None:
        """Take the recogniser: made_of decides what it gives; sample_rate: its own in Hz."""
        self.hears, self._made_of = hears, made_of
        self.sample_rates = (sample_rate,) if sample_rate else None

    @property
    def made_of(self) -> Any:
        """What its recogniser is made of."""
        return self._made_of

    @property
    def takes(self) -> str:
        """Speech, where it has a recogniser."""
        return SPEECH if self.run or self.by else TEXT

    def trial(self, sample_rate: int) -> tuple[Any, Any]:
        """A word, and noise, or the same word."""
        if self.takes == TEXT:
            return "word", "word"
        return "word", super().trial(sample_rate)[0]

    def score(self, reference: str, estimate: np.ndarray | str, sample_rate: int) -> float:
        """Errors by what is said; more than 1 where more is heard than that."""
        said = plain(reference)
        if not said:
            raise NotComputable("nothing is said in its transcript")
        return float(self.rate(said, plain(self.prepared(estimate, sample_rate))))

    def prepared(self, answer: np.ndarray | str, sample_rate: int) -> str:
        """What is heard in an answer that is speech."""
        if isinstance(answer, str):
            return answer
        return self.hears(checked_alone(answer, sample_rate), sample_rate)

    def travelling(self) -> "ErrorRate":
        """Without the recogniser, which has heard what it compares."""
        deaf = copy(self)
        deaf.hears = None
        return deaf

    @abstractmethod
    def rate(self, said: str, heard: str) -> float:
        """Errors in `heard` by the length of `said`, which is not empty."""


def jiwer() -> Any:
    """The package; ValueError where it is missing.

    >>> jiwer().wer("so near", "so far")
    0.5
    """
    try:
        import jiwer as package
    except ImportError as error:
        raise ValueError(f"error rates need the package jiwer: {REMEDY}") from error
    return package
