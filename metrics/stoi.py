"""Short-time objective intelligibility, as a fraction."""

import numpy as np

from metrics.intelligibility import intelligibility
from metrics.third_octaves import TINY

CLIP = 1 + 10 ** (15 / 20)  # no band of the estimate counts louder than this, over the reference: -15 dB SDR


def stoi(reference: np.ndarray, estimate: np.ndarray, sample_rate: int, engine: str = "shared") -> float:
    """STOI of `estimate` [time], a fraction of at most 1 (Taal et al., IEEE TASLP 2011).

    Any sampling rate. `engine` is "shared" (with `estoi`, which needs the same envelopes) or "pystoi" (that package's
    own, several times slower); they agree within 1e-9. Raises like `intelligibility`.
    """
    return intelligibility(reference, estimate, sample_rate, engine, _correlation, extended=False)


def _correlation(clean: np.ndarray, enhanced: np.ndarray) -> float:
    """Mean over segments and bands of [segment, band, frame]."""
    scaled = enhanced * (_norm(clean) / (_norm(enhanced) + TINY))
    product = np.vdot(_direction(clean), _direction(np.minimum(scaled, clean * CLIP)))
    return float(product) / (clean.shape[0] * clean.shape[1])


def _direction(rows: np.ndarray) -> np.ndarray:
    centred = rows - rows.mean(axis=-1, keepdims=True)
    return centred / (_norm(centred) + TINY)


def _norm(rows: np.ndarray) -> np.ndarray:
    return np.linalg.norm(rows, axis=-1, keepdims=True)
