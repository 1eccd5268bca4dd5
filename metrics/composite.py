"""The parts of the composite scores CSIG, CBAK and COVL, computed once for all three."""

from abc import abstractmethod
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from metrics.likelihood_ratio import likelihood_ratios
from metrics.metric import Metric
from metrics.pesq_nb_raw import PESQNarrowbandRaw
from metrics.pesq_wb import PESQWideband
from metrics.seg_snr import SegSNR
from metrics.spectral_slope import slope_distances

KEPT = 0.95  # share of the frames that count; the worst frames are left out
PESQ = {"wb": PESQWideband, "nb_raw": PESQNarrowbandRaw}
SOURCE = (
    "(Hu and Loizou, 2008) with the coefficients of their MATLAB file and PESQ-WB, or what "
    "pesq=nb_raw says"
)


class Parts(NamedTuple):
    """The measures that are combined.

    pesq: a PESQ score. llr: log-likelihood ratio, see `likelihood_ratios`. wss: weighted spectral
    slope distance, see `slope_distances`. ssnr: segmental SNR in dB.

    >>> Parts(pesq=4.5, llr=0.0, wss=0.0, ssnr=35.0).pesq
    4.5
    """

    pesq: float
    llr: float
    wss: float
    ssnr: float


class Composite(Metric):
    """A rating from 1 to 5 that is predicted by a linear combination of measures.

    pesq: the PESQ score in the combination: "wb" (as in tables of VoiceBank-DEMAND; 16 kHz) or
    "nb_raw" (with which the coefficients were fitted; 8 or 16 kHz). Raises ValueError for another
    value.

    >>> sorted(Composite.__abstractmethods__)  # what a score adds
    ['combined', 'facts']
    """

    def __init__(self, pesq: str = "wb"):
        if pesq not in PESQ:
            raise ValueError(
                f"pesq={pesq!r} of a composite score is unknown: choose one of {', '.join(PESQ)}"
            )
        self.pesq = pesq
        self.sample_rates = PESQ[pesq].sample_rates

    def score(self, reference: np.ndarray, estimate: np.ndarray, sample_rate: int) -> float:
        """See the class; raises NotComputable where PESQ does."""
        parts = _parts(reference.tobytes(), estimate.tobytes(), sample_rate, self.pesq)
        return float(np.clip(self.combined(parts), 1.0, 5.0))

    @staticmethod
    @abstractmethod
    def combined(parts: Parts) -> float:
        """The linear combination of the parts."""


@lru_cache(maxsize=1)
def _parts(reference: bytes, estimate: bytes, sample_rate: int, pesq: str) -> Parts:
    clean, other = np.frombuffer(reference), np.frombuffer(estimate)
    return Parts(
        PESQ[pesq]()(clean, other, sample_rate),
        _of_the_best(likelihood_ratios(clean, other, sample_rate)),
        _of_the_best(slope_distances(clean, other, sample_rate)),
        SegSNR().score(clean, other, sample_rate),
    )


def _of_the_best(distances: np.ndarray) -> float:
    """The mean over the share KEPT of the frames with the smallest distances."""
    count = round(KEPT * len(distances))
    return float(np.mean(np.sort(distances)[:count]))
