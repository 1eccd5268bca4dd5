"""The checks before every metric: signals without a score raise an error with the reason."""

import numpy as np

MINIMUM_S = 0.25  # PESQ's own limit
# -200 dB re full scale: far below any sample format, far above rounding of float64.
SILENCE_RMS = 1e-10


class NotComputable(ValueError):  # noqa: N818 - not an error of the program but a property of the signals
    """A score has no value for these signals.

    The message is the reason, and short enough for a table.
    """


def checked(
    reference: np.ndarray, estimate: np.ndarray, sample_rate: int
) -> tuple[np.ndarray, np.ndarray]:
    """Both signals as contiguous float64 arrays [time], fit for every metric.

    Raises NotComputable unless both are one-dimensional, of equal length, at least 0.25 s long,
    finite and not silent (RMS above 1e-10 of full scale).

    >>> reference, estimate = checked([1] * 4000, [0.5] * 4000, 16000)
    >>> reference.dtype, estimate.shape
    (dtype('float64'), (4000,))
    >>> checked([1] * 3999, [0.5] * 3999, 16000)
    Traceback (most recent call last):
    metrics.guard.NotComputable: shorter than 0.25 s: 3999 samples at 16000 Hz
    """
    reference = _in_one_dimension("reference", reference)
    estimate = _in_one_dimension("estimate", estimate)
    if len(reference) != len(estimate):
        raise NotComputable(
            f"unequal lengths: reference {len(reference)}, estimate {len(estimate)} samples"
        )
    _check_length(reference, sample_rate)
    _check_content("reference", reference)
    _check_content("estimate", estimate)
    return reference, estimate


def checked_alone(estimate: np.ndarray, sample_rate: int) -> np.ndarray:
    """`checked` for an estimate without a reference.

    >>> checked_alone([0.5] * 4000, 16000).dtype
    dtype('float64')
    """
    estimate = _in_one_dimension("estimate", estimate)
    _check_length(estimate, sample_rate)
    _check_content("estimate", estimate)
    return estimate


def _in_one_dimension(name: str, signal: np.ndarray) -> np.ndarray:
    signal = np.asarray(signal, dtype=np.float64, order="C")
    if signal.ndim != 1:
        raise NotComputable(f"{name} is not one-dimensional but of shape {signal.shape}")
    return signal


def _check_length(signal: np.ndarray, sample_rate: int) -> None:
    if len(signal) < MINIMUM_S * sample_rate:
        raise NotComputable(
            f"shorter than {MINIMUM_S} s: {len(signal)} samples at {sample_rate} Hz"
        )


def _check_content(name: str, signal: np.ndarray) -> None:
    if not np.isfinite(signal).all():
        raise NotComputable(f"{name} holds NaN or infinite samples")
    if np.sqrt(np.mean(signal**2)) <= SILENCE_RMS:
        raise NotComputable(f"{name} is silent")
