"""The output of a system, with a share of the mixture added back."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from models.system import SpeechSystem


class MixedBack(SpeechSystem):
    """(1 - share) times the output of `system`, plus `share` times the mixture.

    Listeners and recognisers may prefer some noise to the artefacts of a network.
    """

    def __init__(self, system: SpeechSystem, share: float):
        self.system, self.share = system, share

    def enhance_batch(self, batch: Mapping[str, Tensor]) -> Tensor:
        """See `SpeechSystem.enhance_batch`."""
        return self.system.enhance_batch(batch).lerp(batch["mixture"], self.share)

    @property
    def made_of(self) -> Any:
        """The identity of the system and the share; None where the system has none."""
        made_of = self.system.made_of
        return None if made_of is None else ["mixed back", made_of, self.share]
