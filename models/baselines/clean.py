"""The clean speech as a system; no enhancer knows it."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from models.system import SpeechSystem


class Clean(SpeechSystem):
    """Answers with the clean signal: a recogniser's errors on it are the recogniser's own."""

    def enhance_batch(self, batch: Mapping[str, Tensor]) -> Tensor:
        """The signals "clean" of the batch: [batch, time]."""
        return batch["clean"]

    @property
    def made_of(self) -> Any:
        """Only its name."""
        return "clean"
