"""Extended short-time objective intelligibility, as a fraction."""

import numpy as np

from metrics.intelligibility import intelligibility

FLAT = 1e-12  # relative: what varies less is constant but for rounding


def estoi(reference: np.ndarray, estimate: np.ndarray, sample_rate: int, engine: str = "shared") -> float:
    """ESTOI of `estimate` [time], a fraction of at most 1 (Jensen and Taal, IEEE TASLP 2016).

    `engine` as for `stoi`. What is digitally silent correlates with nothing here, where pystoi draws a random
    correlation about zero from a dither; elsewhere they agree within 1e-9. Raises like `intelligibility`.
    """
    return intelligibility(reference, estimate, sample_rate, engine, _correlation, extended=True)


def _correlation(clean: np.ndarray, enhanced: np.ndarray) -> float:
    """Mean over segments and frames of [segment, band, frame]."""
    clean, enhanced = (_normalised(_normalised(one, -1), -2) for one in (clean, enhanced))
    return float(np.vdot(clean, enhanced)) / (clean.shape[0] * clean.shape[-1])


def _normalised(rows: np.ndarray, axis: int) -> np.ndarray:
    """Mean 0 and norm 1 along `axis`; what is constant there is zero."""
    centred = rows - rows.mean(axis=axis, keepdims=True)
    norm, level = (np.linalg.norm(one, axis=axis, keepdims=True) for one in (centred, rows))
    return centred / np.where(norm > FLAT * level, norm, np.inf)
