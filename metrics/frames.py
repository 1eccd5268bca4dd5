"""The frames of the segmental measures: Hann windows of 30 ms, at hops of a quarter."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

WINDOW_S = 0.03
TINY = np.finfo(float).eps


def frames(signal: np.ndarray, sample_rate: int) -> np.ndarray:
    """The windowed frames of a signal: [time] -> [frame, time].

    A frame that would end exactly with the signal is left out.

    >>> frames(np.ones(8000), 8000).shape
    (129, 240)
    """
    length = round(WINDOW_S * sample_rate)
    hop = length // 4
    count = (len(signal) - length) // hop
    window = np.hanning(length + 2)[1:-1]
    return window * sliding_window_view(signal, length)[: count * hop : hop]


def pairs_of_frames(
    reference: np.ndarray, estimate: np.ndarray, sample_rate: int
) -> tuple[np.ndarray, np.ndarray]:
    """The frames of both signals in which the reference is not digitally silent.

    A ratio to silence has no meaning.

    >>> speech = np.r_[np.ones(8000), np.zeros(8000)]
    >>> [one.shape for one in pairs_of_frames(speech, speech, 8000)]
    [(134, 240), (134, 240)]
    """
    clean, other = frames(reference, sample_rate), frames(estimate, sample_rate)
    heard = clean.any(axis=1)
    return clean[heard], other[heard]
