"""What STOI and ESTOI share: who computes them, and which signals have no such score."""

from abc import abstractmethod
from typing import ClassVar

import numpy as np

from metrics.guard import NotComputable
from metrics.metric import Metric
from metrics.third_octaves import segments

ENGINES = ("shared", "pystoi")
PACKAGES = ("pystoi", "numpy", "scipy")  # that decide a score
DITHER_SEED = 0


class Intelligibility(Metric):
    """A measure of intelligibility: how the envelopes of reference and estimate correlate.

    At any sampling rate. engine: "shared" is `correlation` of what `third_octaves.segments` gives
    both measures, "pystoi" that package's own, several times slower; they agree within 1e-9. Raises
    ValueError for another one.

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

        Raises NotComputable where fewer than 30 frames (0.4 s) are left once the silent frames of
        the reference are removed, or the estimate has nothing in them.
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

    It dithers with numpy's global generator, which decides ESTOI where an estimate is digitally
    silent for 0.4 s. The generator is seeded for the call and put back, so that equal signals score
    equally.
    """
    from pystoi import stoi

    state = np.random.get_state()
    np.random.seed(DITHER_SEED)
    try:
        return float(stoi(reference, estimate, sample_rate, extended=extended))
    finally:
        np.random.set_state(state)
