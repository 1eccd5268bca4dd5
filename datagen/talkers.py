"""A test whose references are the talkers."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from datagen.signals import Signals


class TalkerSignals:
    """`signals` with the "talkers" of each row: clean and noise, [talker, time]."""

    def __init__(self, signals: Signals):
        self._signals = signals
        self.noise_type = signals.noise_type

    def signals(self, row: Mapping[str, Any]) -> dict[str, Tensor]:
        """See datagen.signals.Signals."""
        known = self._signals.signals(row)
        return {**known, "talkers": torch.stack([known["clean"], known["noise"]])}
