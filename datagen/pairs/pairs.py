"""The contract of a set of pairs, and what a test has of it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from torch import Tensor

from datagen.plan import Plan


class Signals(Protocol):
    """Where a test has the audio of its rows from."""

    def signals(self, row: Mapping[str, Any]) -> dict[str, Tensor]:
        """ "mixture", "clean" and "noise" of a row, each [time]; mixture == clean + noise."""

    def noise_type(self, noise_id: str, start: int, length: int) -> str:
        """The kind of a noise excerpt."""


class PairedTest(NamedTuple):
    """plan: a row for every mixture. audio: of its rows. notes: what must be read, in sentences."""

    plan: Plan
    audio: Signals
    notes: Sequence[str]


class Pairs(ABC):
    """A set of pairs, made from an option of conf/pairs; it reads no disk before it is asked."""

    @abstractmethod
    def test(self, sample_rate: int, cache: Path, jobs: int, check_audio: bool) -> PairedTest:
        """The pairs as a test at `sample_rate`.

        Raises FileNotFoundError or ValueError, in one line, where there is none or files do not
        fit together.
        """
