"""The contract of a set of pairs, and the parts of it that a test has."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, NamedTuple

from datagen.plan import Plan
from datagen.signals import Signals

UNKNOWN = "unknown"  # a speaker, a kind of noise, or where an SNR is from


class PairedTest(NamedTuple):
    """plan: a row for every mixture. audio: of its rows. notes: what must be read, in sentences."""

    plan: Plan
    audio: Signals
    notes: Sequence[str]


def about_speakers(speakers: Sequence[str]) -> list[str]:
    """A sentence on mixtures whose speaker is not known: "" or UNKNOWN."""
    unknown = sum(speaker in ("", UNKNOWN) for speaker in speakers)
    if not unknown:
        return []
    return [
        f"The speaker of {unknown} of {len(speakers)} mixtures is unknown: these count as one "
        "speaker, and one cannot tell systems apart. Name speakers with (?P<speaker>...) in "
        "pairs.pattern."
    ]


class Pairs(ABC):
    """A set of pairs, made from an option of conf/pairs; it reads no disk before it is asked.

    has_clean: else mixtures are recordings, whose clean speech nobody knows.
    """

    has_clean: ClassVar[bool] = True

    @abstractmethod
    def test(self, sample_rate: int, cache: Path, jobs: int, check_audio: bool) -> PairedTest:
        """The pairs as a test at `sample_rate`.

        Raises FileNotFoundError or ValueError, in one line, where there is none or files do not
        fit together.
        """
