"""The source of the audio of a test's rows."""

from collections.abc import Mapping
from typing import Any, Protocol

from torch import Tensor


class Signals(Protocol):
    """Mixtures that are rendered, or files that others made.

    follows_plan: whether the rows and the plan's tables decide the signals completely, and all of
    them are audio.
    """

    follows_plan: bool

    def signals(self, row: Mapping[str, Any]) -> dict[str, Tensor]:
        """ "mixture", "clean" and "noise" of a row, each [time]; mixture == clean + noise."""

    def noise_type(self, noise_id: str, start: int, length: int) -> str:
        """The kind of a noise excerpt."""
