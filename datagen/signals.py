"""The contract of every source of the audio of a test's rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from torch import Tensor

if TYPE_CHECKING:
    from datagen.library import Library


class Signals(ABC):
    """The signals of rows: mixtures that are rendered, or files that others made.

    follows_plan: whether the rows and the plan's tables decide the signals completely, and all of
    them are audio. Only then are their names cached.
    """

    follows_plan: bool = False

    @abstractmethod
    def signals(self, row: Mapping[str, Any]) -> dict[str, Tensor | str]:
        """ "mixture", "clean" and "noise" of a row, each [time]; mixture == clean + noise.

        Further references of answers stand beside them, by the kind of the answer.
        """

    @abstractmethod
    def noise_type(self, noise_id: str, start: int, length: int) -> str:
        """The kind of a noise excerpt."""


class LibrarySignals(Signals):
    """Signals of rows whose recordings are in `library`."""

    def __init__(self, library: Library):
        self.library = library

    def noise_type(self, noise_id: str, start: int, length: int) -> str:
        """See `Library.noise_type`."""
        return self.library.noise_type(noise_id, start, length)
