"""The audio of a test of files, unchanged."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from audio import reading
from audio.pcm import FULL_SCALE, Correction
from datagen.plan import Plan
from datagen.signals import Signals


class FileAudio(Signals):
    """The audio of files, with unchanged offset and level.

    gains: factors for files that exceed full scale, by the path of the mixture.
    """

    follows_plan = True

    def __init__(self, plan: Plan, sample_rate: int, gains: Mapping[str, float]):
        self.sample_rate = sample_rate
        self.gains = gains
        self._mixture = dict(zip(plan.noise.id, plan.noise.path, strict=True))
        self._kind = dict(zip(plan.noise.id, plan.noise.kind, strict=True))

    def mixture(self, row: Mapping[str, Any]) -> Tensor:
        """The mixture of a row: float32 [time] in [-1, 1)."""
        return self._read(self._mixture[row["noise_id"]], row["length"], self._correction(row))

    def noise_type(self, noise_id: str, start: int, length: int) -> str:
        """The kind of noise of a mixture by the test set."""
        return self._kind[noise_id]

    def _correction(self, row: Mapping[str, Any]) -> Correction:
        return Correction(0, self.gains.get(self._mixture[row["noise_id"]], 1.0))

    def _read(self, path: str, length: int, correction: Correction) -> Tensor:
        samples = reading.read(path, self.sample_rate, 0, length, correction)
        if len(samples) < length:
            raise ValueError(f"{path}: ends early; has it changed since it was listed?")
        return torch.from_numpy(samples.astype(np.float32) / FULL_SCALE)


class PairAudio(FileAudio):
    """The audio of pairs: if a file exceeds full scale, both have the same gain."""

    def __init__(self, plan: Plan, sample_rate: int, gains: Mapping[str, float]):
        super().__init__(plan, sample_rate, gains)
        self._clean = dict(zip(plan.speech.id, plan.speech.path, strict=True))

    def signals(self, row: Mapping[str, Any]) -> dict[str, Tensor]:
        """See datagen.signals.Signals: float32 in [-1, 1); the noise is mixture - clean."""
        mixture = self.mixture(row)
        path = self._clean[row["speech_id"]]
        clean = self._read(path, row["length"], self._correction(row))
        return {"mixture": mixture, "clean": clean, "noise": mixture - clean}


def own_gain(gain: float, offset: int) -> float:
    """The factor for a file whose offset stays; `gain` is for the file without offset.

    See `Recording`.
    """
    highest = FULL_SCALE / gain + abs(offset)
    if highest <= FULL_SCALE + 2 * abs(offset):
        return 1.0  # a file of integers, which cannot exceed full scale
    return FULL_SCALE / highest
