"""The common base of STOI and ESTOI: the engines, and the signals without a score."""

from abc import abstractmethod
from typing import ClassVar

import numpy as np

from metrics.guard import NotComputable
from metrics.metric import Metric
from metrics.third_octaves import segments

ENGINES = ("shared", "pystoi")
PACKAGES = ("pystoi", "numpy", "scipy")  # their versions decide a score
DITHER_SEED = 0


class Intelligibility(Metric):
    """A measure of intelligibility: the correlation of the envelopes of reference and estimate.

    It takes any sampling rate. engine: "shared" applies `correlation` to the envelopes of
    `third_octaves.segments`, which both measures share; "pystoi" is that package, several times
    slower. Both agree within 1e-9. Raises ValueError for another engine.

    >>> sorted(Intelligibility.__abstractmethods__)  # what a measure adds
    ['correlation', 'facts']
    """

    extended: ClassVar[bool]  # pystoi's name of the measure

    def __init__(self, engine: str = "shared"):
        if engine not in ENGINES:
            raise ValueError(
                f"engine={engine!r} of STOI and ESTOI is unknown: "
                f"choose one of {', '.join(ENGINES)}"
            )
        self.engine = engine

    def score(self, reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> float:
        """See the class.

        Raises NotComputable where fewer than 30 frames (0.4 s) are left after the silent frames of
        the reference are removed, or where the estimate is silent in the rest.
        """
        clean, enhanced = segments(reference, estimate, sample_rate)
        if not enhanced.any():
            raise NotComputable("estimate is silent wherever the reference is not")
        if self.engine == "shared":
            return self.correlation(clean, enhanced)
        return _by_pystoi(reference, estimate, sample_rate, self.extended)

    @abstractmethod
    def correlation(self, clean: np.ndarray, enhanced: np.ndarray) -> float:
        """Mean correlation of the envelopes of two signals, [segment, band, frame] each."""


def _by_pystoi(
    reference: np.ndarray, estimate: np.ndarray, sample_rate: int, extended: bool
) -> float:
    """The score of the package pystoi.

    pystoi dithers with numpy's global generator, which decides ESTOI where an estimate is digitally
    silent for 0.4 s. The generator is seeded for the call and restored after it, so that equal
    signals have equal scores.
    """
    from pystoi import stoi

    state = np.random.get_state()
    np.random.seed(DITHER_SEED)
    try:
        return float(stoi(reference, estimate, sample_rate, extended=extended))
    finally:
        np.random.set_state(state)
