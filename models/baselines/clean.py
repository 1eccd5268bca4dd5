"""The clean speech itself, which no enhancer knows."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from models.system import SpeechSystem


class Clean(SpeechSystem):
    """Answers with the clean signal: errors on it are the recogniser's own."""

    def enhance_batch(self, batch: Mapping[str, Tensor]) -> Tensor:
        """ "clean" [batch, time]."""
        return batch["clean"]

    @property
    def made_of(self) -> Any:
        """Its name alone."""
        return "clean"
