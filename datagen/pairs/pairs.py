"""The contract of sets of pairs, and the test that such a set gives."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, NamedTuple

from datagen.plan import Plan
from datagen.signals import Signals

UNKNOWN = "unknown"  # a speaker, a kind of noise, or the origin of an SNR


class PairedTest(NamedTuple):
    """plan: a row for every mixture. audio: of these rows. notes: sentences for the report."""

    plan: Plan
    audio: Signals
    notes: Sequence[str]


def about_speakers(speakers: Sequence[str]) -> list[str]:
    """A note on mixtures whose speaker is unknown, which is "" or UNKNOWN."""
    unknown = sum(speaker in ("", UNKNOWN) for speaker in speakers)
    if not unknown:
        return []
    return [
        f"The speaker of {unknown} of {len(speakers)} mixtures is unknown: these count as one "
        "speaker, and one cannot tell systems apart. Name speakers with (?P<speaker>...) in "
        "pairs.pattern."
    ]


class Pairs(ABC):
    """A set of pairs, an option of conf/pairs. Constructors read no files.

    has_clean: whether mixtures have clean speech; otherwise they are recordings.
    """

    has_clean: ClassVar[bool] = True

    @abstractmethod
    def test(self, sample_rate: int, cache: Path, jobs: int, check_audio: bool) -> PairedTest:
        """The test of all pairs at `sample_rate` in Hz.

        cache: the folder of cached tables. jobs: number of threads. check_audio: whether every
        file is decoded. Raises FileNotFoundError or ValueError, with a message of one line, if
        there are no pairs or files do not fit together.
        """
