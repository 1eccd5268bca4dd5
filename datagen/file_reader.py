"""Excerpts straight from audio files."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from audio import reading
from audio.pcm import UNCORRECTED, Correction
from datagen.library import Library
from datagen.recordings import corrections


class FileReader:
    """Decodes a file at every request. corrected: see datagen.recordings.corrections."""

    def __init__(self, sample_rate: int, corrected: Mapping[str, Correction] | None = None):
        self.sample_rate = sample_rate
        self.corrected = corrected or {}

    def read(self, path: str, start: int, length: int) -> np.ndarray:
        """16-bit samples [time] of `path`; ValueError where it cannot be decoded."""
        correction = self.corrected.get(path, UNCORRECTED)
        return reading.read(path, self.sample_rate, start, length, correction)


def decoded(speech: pd.DataFrame, noise: pd.DataFrame, sample_rate: int) -> Library:
    """The library of the recordings in both tables, whose files are decoded at every request."""
    return Library(speech, noise, FileReader(sample_rate, corrections(speech, noise)))
