"""A test whose references are the talkers."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from datagen.signals import Signals
from text.answers import TALKERS


class TalkerSignals(Signals):
    """`signals` with the "talkers" of each row: clean and noise, [talker, time]."""

    def __init__(self, signals: Signals):
        self._signals = signals

    def signals(self, row: Mapping[str, Any]) -> dict[str, Tensor]:
        """See `Signals.signals`."""
        known = self._signals.signals(row)
        return {**known, TALKERS: torch.stack([known["clean"], known["noise"]])}

    def noise_type(self, noise_id: str, start: int, length: int) -> str:
        """See `Signals.noise_type`."""
        return self._signals.noise_type(noise_id, start, length)
