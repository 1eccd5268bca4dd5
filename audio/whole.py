"""All of a file at once, as it can be used: listened to first, then read."""

from pathlib import Path

import numpy as np

from audio import probing, reading
from audio.listening import listen


def whole(path: str | Path, sample_rate: int | None = None) -> tuple[np.ndarray, int]:
    """All samples [time] of `path` as 16-bit PCM and their rate.

    They are without the file's offset, and below full scale. sample_rate: None for the file's own.
    Raises ValueError naming the reason where the file cannot be used; if silent it can.
    """
    try:
        head = probing.header(path)
        heard = listen(head)
    except ValueError as error:
        raise ValueError(f"{path}: {error}; choose another recording") from error
    if heard.problem and not heard.silent:
        raise ValueError(f"{path}: {heard.problem}; choose another recording")
    sample_rate = sample_rate or head.sample_rate
    samples = reading.read(path, sample_rate, correction=heard.correction)
    return samples, sample_rate
