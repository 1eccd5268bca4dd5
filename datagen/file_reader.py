"""Excerpts straight from audio files."""

from collections.abc import Mapping

import numpy as np

from audio import reading
from audio.pcm import UNCORRECTED, Correction


class FileReader:
    """Decodes a file at every request. corrections: see datagen.recordings."""

    def __init__(self, sample_rate: int, corrections: Mapping[str, Correction] | None = None):
        self.sample_rate = sample_rate
        self.corrections = corrections or {}

    def read(self, path: str, start: int, length: int) -> np.ndarray:
        """16-bit samples [time] of `path`; ValueError where it cannot be decoded."""
        correction = self.corrections.get(path, UNCORRECTED)
        return reading.read(path, self.sample_rate, start, length, correction)
