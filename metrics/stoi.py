"""Short-time objective intelligibility, as a fraction."""

import numpy as np

from dsp.decibel import amplitude
from metrics.facts import Facts
from metrics.intelligibility import PACKAGES, Intelligibility
from metrics.third_octaves import TINY

# The estimate is clipped at this ratio to the reference in each band: -15 dB SDR.
CLIP = 1 + amplitude(15.0)


class STOI(Intelligibility):
    """STOI, a fraction of at most 1 (Taal et al., IEEE TASLP 2011).

    Options as for `Intelligibility`. The level of the estimate does not matter:

    >>> noise = np.random.default_rng(0).standard_normal(8000)
    >>> round(STOI()(noise, 0.1 * noise, 8000), 6)
    1.0
    """

    facts = Facts(
        "STOI",
        "short-time objective intelligibility (Taal et al., 2011), a fraction",
        unit="%",
        factor=100.0,
        digits=1,
        highest=1.0,
        packages=PACKAGES,
        place=2,
        noticeable=0.02,
    )
    extended = False

    def correlation(self, clean: np.ndarray, enhanced: np.ndarray) -> float:
        """The mean correlation over segments and bands of [segment, band, frame]."""
        segments, bands, _ = clean.shape
        scale = _norm(clean) / (_norm(enhanced) + TINY)
        clipped = np.minimum(enhanced * scale, clean * CLIP)
        product = np.vdot(_direction(clean), _direction(clipped))
        return float(product) / (segments * bands)


def _direction(rows: np.ndarray) -> np.ndarray:
    centred = rows - rows.mean(axis=-1, keepdims=True)
    return centred / (_norm(centred) + TINY)


def _norm(rows: np.ndarray) -> np.ndarray:
    return np.linalg.norm(rows, axis=-1, keepdims=True)
