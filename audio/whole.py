"""Reads a whole file at once: its samples are inspected first, and corrected."""

from pathlib import Path

import numpy as np

from audio import probing, reading
from audio.inspection import inspect


def whole(path: str | Path, sample_rate: int | None = None) -> tuple[np.ndarray, int]:
    """All samples [time] of `path` as 16-bit PCM and their rate.

    They have no offset, and are below full scale. sample_rate: None for the file's own rate.
    Raises ValueError with the reason where the file is unusable; a silent file is usable.
    """
    try:
        head = probing.header(path)
        inspected = inspect(head)
    except ValueError as error:
        raise ValueError(f"{path}: {error}; choose another recording") from error
    if inspected.problem and not inspected.silent:
        raise ValueError(f"{path}: {inspected.problem}; choose another recording")
    sample_rate = sample_rate or head.sample_rate
    samples = reading.read(path, sample_rate, correction=inspected.correction)
    return samples, sample_rate
