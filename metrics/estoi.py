"""Extended short-time objective intelligibility, as a fraction."""

import numpy as np

from metrics.intelligibility import Intelligibility

FLAT = 1e-12  # relative: what varies less is constant but for rounding


class ESTOI(Intelligibility):
    """ESTOI, a fraction of at most 1 (Jensen and Taal, IEEE TASLP 2016).

    Options as for `Intelligibility`. What is digitally silent correlates with nothing here, where pystoi draws a
    random correlation about zero from a dither; elsewhere they agree within 1e-9.

    >>> noise = np.random.default_rng(0).standard_normal(8000)
    >>> round(ESTOI()(noise, -noise, 8000), 6)  # envelopes have no sign
    1.0
    """

    extended = True

    def correlation(self, clean: np.ndarray, enhanced: np.ndarray) -> float:
        """Mean over segments and frames of [segment, band, frame]."""
        clean, enhanced = (_normalised(_normalised(one, -1), -2) for one in (clean, enhanced))
        return float(np.vdot(clean, enhanced)) / (clean.shape[0] * clean.shape[-1])


def _normalised(rows: np.ndarray, axis: int) -> np.ndarray:
    """Mean 0 and norm 1 along `axis`; what is constant there is zero."""
    centred = rows - rows.mean(axis=axis, keepdims=True)
    norm, level = (np.linalg.norm(one, axis=axis, keepdims=True) for one in (centred, rows))
    return centred / np.where(norm > FLAT * level, norm, np.inf)
